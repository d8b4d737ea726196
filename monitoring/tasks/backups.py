"""The nightly backup, and one that a member of staff asks for.

A backup takes up to hours. So its message is acknowledged when it begins: the broker would give it out again after
`visibility_timeout`.
"""

from threading import Event

import structlog
from celery import shared_task
from celery.signals import worker_shutting_down
from django.utils import timezone

from monitoring.archive.session import AlreadyRuns
from monitoring.archive.watch import Watch
from monitoring.domain.backups.failures import BackupFailed
from monitoring.recovery.base_backups import BaseBackupFailed
from monitoring.recovery.databases import LockHeld
from monitoring.selectors.backups import backup_is_due
from monitoring.selectors.recovery import backup_wants_a_drill
from monitoring.services.backups.make_backup import make_backup
from monitoring.services.restore_dump import Target
from monitoring.services.take_base_backup import base_backup_is_due, take_base_backup
from monitoring.services.verify_backup import verify_backup

log = structlog.get_logger(__name__)

HOUR_SECONDS = 3600

_stopping = Event()


@worker_shutting_down.connect
def stop_backup(**_: object) -> None:
    """End the backup under way when its worker is to stop: the next one begins it anew."""
    _stopping.set()


@shared_task(name="monitoring.back_up_when_due", expires=60, acks_late=False, throws=(BackupFailed,))
def back_up_when_due(**_: object) -> None:
    """From the beat, each minute: make the nightly backup once its time has come, and again after a failure."""
    if backup_is_due(timezone.now()):
        _back_up(asked_by=None)


@shared_task(name="monitoring.back_up", expires=HOUR_SECONDS, acks_late=False, throws=(BackupFailed,))
def back_up(*, asked_by: int, **_: object) -> None:
    """Make a backup now, because a member of staff asked for it."""
    _back_up(asked_by=asked_by)


def _back_up(asked_by: int | None) -> None:
    try:
        make_backup(clock=timezone.now, watch=Watch(_stopping.is_set), asked_by=asked_by)
    except AlreadyRuns:
        log.info("a backup is being made already")


@shared_task(name="monitoring.verify_backup_when_due", expires=HOUR_SECONDS, acks_late=False)
def verify_backup_when_due(**_: object) -> None:
    """From the beat, each hour: restore the newest backup on trial once a week, and again a day after a failure."""
    if backup_wants_a_drill(timezone.now()):
        try:
            verify_backup(wanted=None, target=Target.of_site(), clock=timezone.now, say=log.debug)
        except LockHeld as held:
            log.info(str(held))


@shared_task(name="monitoring.base_backup_when_due", expires=HOUR_SECONDS, acks_late=False, throws=(BaseBackupFailed,))
def base_backup_when_due(**_: object) -> None:
    """From the beat: take a base backup once a day, where this program keeps the archive of the log."""
    if base_backup_is_due(timezone.now()):
        try:
            take_base_backup(server=Target.of_site().server)
        except LockHeld as held:
            log.info(str(held))
