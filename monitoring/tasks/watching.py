"""Heartbeats of the workers and the beat, and what is counted now and then."""

from celery import shared_task
from celery.signals import after_task_publish, beat_embedded_init, beat_init
from django.utils import timezone

from monitoring.domain.health import Program
from monitoring.services.count_people import count_people
from monitoring.services.note_heartbeat import note_heartbeat
from monitoring.services.watch_ledger import watch_ledger

HEARTBEAT = "monitoring.note_heartbeat"


@shared_task(name=HEARTBEAT, expires=10)
def heartbeat(*, program: str, **_: object) -> None:
    """From the beat, to each queue: the worker that takes it lives and has time for it."""
    note_heartbeat(program=Program(program))


@shared_task(name="monitoring.watch_ledger", expires=300)
def watch(**_: object) -> None:
    """From the beat: reconcile the ledger, when it is time for it."""
    watch_ledger(clock=timezone.now)


@shared_task(name="monitoring.count_people", expires=300)
def count(**_: object) -> None:
    """From the beat: count the people who were active lately."""
    count_people(now=timezone.now())


@beat_init.connect
@beat_embedded_init.connect
def watch_the_beat(**_: object) -> None:
    """In the beat's process, each heartbeat that it has sent shows that it lives itself."""
    after_task_publish.connect(_note_beat, sender=HEARTBEAT)


def _note_beat(**_: object) -> None:
    note_heartbeat(program=Program.BEAT)
