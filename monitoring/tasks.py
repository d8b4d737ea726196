"""Celery tasks of the room: one call each. A task that comes late, twice or never does no harm."""

from celery import shared_task
from celery.signals import after_task_publish, beat_embedded_init, beat_init

from monitoring.domain.health import Program
from monitoring.services.note_heartbeat import note_heartbeat

HEARTBEAT = "monitoring.note_heartbeat"


@shared_task(name=HEARTBEAT, expires=10)
def heartbeat(*, program: str, **_: object) -> None:
    """From the beat, to each queue: the worker that takes it lives and has time for it."""
    note_heartbeat(program=Program(program))


@beat_init.connect
@beat_embedded_init.connect
def watch_the_beat(**_: object) -> None:
    """In the beat's process, each heartbeat that it has sent shows that it lives itself."""
    after_task_publish.connect(_note_beat, sender=HEARTBEAT)


def _note_beat(**_: object) -> None:
    note_heartbeat(program=Program.BEAT)
