"""The nightly backup, and the one on demand."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import psycopg
import structlog
from django.db import DatabaseError

from accounts.domain.moments import Clock
from monitoring.archive.afterwards import copy_elsewhere, remove_old
from monitoring.archive.directory import NoBackup, backup_directory, clear_unfinished, read_backup
from monitoring.archive.journal import INTERRUPTED, Journal, begin_run, end_badly, end_well, last_size, unfinished_runs
from monitoring.archive.making import Making
from monitoring.archive.programs import NoProgram
from monitoring.archive.session import AlreadyRuns, only_one
from monitoring.archive.watch import Watch
from monitoring.domain.backups import layout
from monitoring.domain.backups.failures import BackupFailed
from monitoring.models import BackupRun

log = structlog.get_logger(__name__)


def make_backup(*, clock: Clock, watch: Watch, asked_by: int | None = None) -> BackupRun:
    """Make a whole backup in BACKUP_DIR, of one moment of the database and without stopping anything.

    Then copy it to BACKUP_COPY_TO, and remove old ones; an error of that stands in the run's `copy_failure`.
    Raises AlreadyRuns, BackupFailed (also Stopped and NoRoom), and OperationalError when the database doesn't answer.
    """
    with only_one():
        now = clock()
        name = layout.name_of(now)
        if BackupRun.objects.filter(name=name).exists():
            raise AlreadyRuns("a backup was made in this very second already")
        run = begin_run(name, asked_by, last_size(), now)
        with _failing_loudly(run, clock):
            directory = backup_directory()
            _settle_interrupted(directory, run, now)
            made = Making(directory, Journal(run, watch), watch, clock).make()
            end_well(run, made, clock())
        log.info("backup made", backup=run.name, size_bytes=run.bytes_written, warnings=run.warnings)
        copy_elsewhere(run, directory, watch, clock())
        remove_old(directory, clock())
    run.refresh_from_db()
    return run


def _settle_interrupted(directory: Path, own: BackupRun, now: datetime) -> None:
    """Notes how the runs ended whose processes died, and removes what they left. The caller holds the lock."""
    clear_unfinished(directory)
    for run in unfinished_runs(but=own):
        try:
            end_well(run, read_backup(directory / run.name), now)
        except NoBackup:
            log.error("backup failed", backup=run.name, reason=INTERRUPTED)  # noqa: TRY400  (nothing to trace)
            end_badly(run, INTERRUPTED, now)


@contextmanager
def _failing_loudly(run: BackupRun, clock: Clock) -> Iterator[None]:
    """Notes and logs an error of the block, and raises it, as BackupFailed if the database or its programs failed."""
    try:
        yield
    except BaseException as error:
        reason = " ".join(str(error).split()) or type(error).__name__
        log.error("backup failed", backup=run.name, reason=reason)  # noqa: TRY400  (the reason is enough)
        try:
            end_badly(run, reason, clock())
        except DatabaseError:
            log.warning("backup run not noted", backup=run.name)  # the next run finds it, and notes it
        if isinstance(error, NoProgram | psycopg.Error | DatabaseError):
            raise BackupFailed(reason) from error
        raise
