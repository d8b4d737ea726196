"""Celery tasks of the room: one call each. A task that comes late, twice or never does no harm."""

from celery import shared_task
from django.utils import timezone

from monitoring.services.count_people import count_people
from monitoring.services.watch_ledger import watch_ledger


@shared_task(name="monitoring.watch_ledger", expires=300)
def watch(**_: object) -> None:
    """From the beat: reconcile the ledger, when it is time for it."""
    watch_ledger(clock=timezone.now)


@shared_task(name="monitoring.count_people", expires=300)
def count(**_: object) -> None:
    """From the beat: count the people who were active lately."""
    count_people(now=timezone.now())
