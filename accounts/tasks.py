"""Celery's door: one call each. A task that comes late, twice or never does no harm."""

from celery import shared_task
from django.utils import timezone

from accounts.services import expire_requests as expiry


@shared_task(name="accounts.expire_requests", expires=300)
def expire_requests(**_: object) -> None:
    """End the approval requests whose time has run out."""
    expiry.expire_requests(now=timezone.now())
