"""Writes the row of a run while a backup is made: health, metrics and staff see how far it is."""

import socket
import time
from collections.abc import Callable, Iterable
from datetime import datetime

from monitoring.archive.watch import Watch
from monitoring.domain.backups.manifest import Manifest
from monitoring.domain.backups.runs import State
from monitoring.models import BackupRun

SECONDS_BETWEEN = 2.0
"""Between two writes of the progress."""

INTERRUPTED = "its process ended in the middle"


class Journal:
    """The row of one run."""

    def __init__(self, run: BackupRun, watch: Watch, tick: Callable[[], float] = time.monotonic) -> None:
        self.run = run
        self._watch = watch
        self._tick = tick
        self._told_at = tick()

    def wrote(self, size: int) -> None:
        """Counts bytes. Raises Stopped, and django.db.Error when the database is gone."""
        self._watch.go_on()
        self.run.bytes_written += size
        if self._tick() - self._told_at >= SECONDS_BETWEEN:
            self._told_at = self._tick()
            self._watch.told(self.run.bytes_written)
            self.run.save(update_fields=["bytes_written"])

    def done(self, manifest: Manifest, now: datetime) -> None:
        end_well(self.run, manifest, now)
        self._watch.told(self.run.bytes_written)

    def failed(self, failure: str, now: datetime) -> None:
        end_badly(self.run, failure, now)


def begin_run(name: str, asked_by: int | None, expected: int | None, now: datetime) -> BackupRun:
    """Stores the row of a new run."""
    return BackupRun.objects.create(
        name=name,
        state=State.RUNNING,
        host=socket.gethostname(),
        asked_by_id=asked_by,
        started_at=now,
        bytes_expected=expected,
    )


def end_well(run: BackupRun, manifest: Manifest, now: datetime) -> None:
    """Notes that the backup is complete."""
    run.state, run.ended_at = State.DONE, now
    run.bytes_written, run.warnings, run.encrypted = (
        manifest.size_bytes,
        list(manifest.warnings),
        bool(manifest.encryption),
    )
    run.save(update_fields=["state", "ended_at", "bytes_written", "warnings", "encrypted"])


def end_badly(run: BackupRun, failure: str, now: datetime) -> None:
    """Notes that nothing came of it."""
    run.state, run.ended_at, run.failure = State.FAILED, now, failure or "unknown"
    run.save(update_fields=["state", "ended_at", "failure"])


def note_copies(names: Iterable[str], now: datetime) -> None:
    """Notes that these backups are whole at the other place, too."""
    BackupRun.objects.filter(name__in=list(names), copied_at=None).update(copied_at=now, copy_failure="")


def note_failed_copy(run: BackupRun, failure: str) -> None:
    run.copy_failure = failure
    run.save(update_fields=["copy_failure"])


def note_removals(names: Iterable[str], now: datetime) -> None:
    """Notes that these backups are gone from this machine."""
    BackupRun.objects.filter(name__in=list(names), removed_at=None).update(removed_at=now)


def known_names() -> set[str]:
    """Returns the names of all runs of this database."""
    return set(BackupRun.objects.values_list("name", flat=True))


def unfinished_runs(*, but: BackupRun) -> list[BackupRun]:
    """Returns the other runs whose end nobody noted. With the lock of backups held, none of them is alive."""
    return list(BackupRun.objects.filter(state=State.RUNNING).exclude(pk=but.pk))


def last_size() -> int | None:
    """Returns the size of the last good backup; None without one."""
    return BackupRun.objects.filter(state=State.DONE).values_list("bytes_written", flat=True).first()
