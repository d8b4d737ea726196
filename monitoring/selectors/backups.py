"""Reads the state of the backups, for health, metrics, staff and the beat."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import connection

from monitoring.domain.backups.runs import State
from monitoring.domain.backups.schedule import is_due, is_old
from monitoring.domain.backups.signs import BackupSigns
from monitoring.models import BackupRun

LOCK = (0x42434B50, 0)
"""The key of the advisory lock ("BCKP") that a backup of this database holds from its beginning to its end."""

HELD = """
    SELECT EXISTS (
        SELECT FROM pg_locks WHERE locktype = 'advisory' AND (classid, objid, objsubid) = (%s, %s, 2) AND granted
            AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
    )
"""


@dataclass(frozen=True, slots=True)
class BackupState:
    """The backups until now."""

    running: BackupRun | None
    """The run that is alive: it holds the lock of backups."""

    last_ended: BackupRun | None
    """The last run that is over. One whose process died is, too, though its row still says `running`."""

    last_good: BackupRun | None
    last_copied: BackupRun | None
    last_verified_at: datetime | None

    @property
    def has_failed(self) -> bool:
        """Whether the last run that is over made no backup."""
        return self.last_ended is not None and self.last_ended.state != State.DONE

    @property
    def copy_failure(self) -> str:
        """Why the last good backup isn't at the other place; empty if it is, or need not be."""
        return self.last_good.copy_failure if self.last_good and settings.BACKUP_COPY_TO else ""


def backup_state(now: datetime) -> BackupState:
    """Returns the state of the backups that began until now: a clock that was wrong may have left others."""
    runs = BackupRun.objects.filter(started_at__lte=now).order_by("-started_at")
    running = runs.filter(state=State.RUNNING).first() if is_running() else None
    good = runs.filter(state=State.DONE, removed_at=None)
    verified = good.exclude(verified_at=None).order_by("-verified_at").first()
    return BackupState(
        running,
        runs.exclude(pk=running.pk).first() if running else runs.first(),
        good.first(),
        runs.filter(state=State.DONE).exclude(copied_at=None).first(),
        verified.verified_at if verified else None,
    )


def is_running() -> bool:
    """Whether a living process makes a backup of this database."""
    with connection.cursor() as cursor:
        cursor.execute(HELD, LOCK)
        return bool(cursor.fetchone()[0])


def backup_is_due(now: datetime) -> bool:
    """Whether the beat's worker shall begin a backup now: see BACKUP_AT."""
    if settings.BACKUP_AT is None:
        return False
    state = backup_state(now)
    attempts = [run.started_at for run in (state.running, state.last_ended) if run]
    return is_due(
        now,
        settings.BACKUP_AT,
        settings.BACKUP_TIME_ZONE,
        last_good=state.last_good.started_at if state.last_good else None,
        last_attempt=max(attempts, default=None),
    )


def backup_signs(now: datetime) -> BackupSigns:
    """Returns the signs that an operator has to look after the backups."""
    state = backup_state(now)
    failed = state.last_ended if state.has_failed else None
    return BackupSigns(
        last_good=state.last_good.name if state.last_good else "",
        old=_is_old(state, now),
        failed=failed.name if failed else "",
        copy_failed=state.last_good.name if state.last_good and state.copy_failure else "",
    )


def _is_old(state: BackupState, now: datetime) -> bool:
    last = state.last_good.started_at if state.last_good else _installed_at()
    if settings.BACKUP_AT is None or last is None:
        return False
    return is_old(now, settings.BACKUP_AT, settings.BACKUP_TIME_ZONE, last_good=last)


def _installed_at() -> datetime | None:
    """Returns when this database got its first migration."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT min(applied) FROM django_migrations")
        row = cursor.fetchone()
        return row[0] if row else None
