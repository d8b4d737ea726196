"""The work after a backup is complete: its copy elsewhere, and the removal of old ones at both places.

Neither can spoil the backup: an error of theirs is noted and logged, and the backup stays good.
"""

from collections.abc import Callable, Collection, Iterable
from datetime import datetime, timedelta
from pathlib import Path

import structlog
from django.conf import settings

from monitoring.archive.directory import NoBackup, read_backup, remove_backup, whole_backups
from monitoring.archive.elsewhere import Elsewhere
from monitoring.archive.journal import known_names, note_copies, note_failed_copy, note_removals
from monitoring.archive.watch import Watch
from monitoring.domain.backups.manifest import Manifest
from monitoring.domain.backups.retention import to_remove
from monitoring.models import BackupRun

log = structlog.get_logger(__name__)


def copy_elsewhere(run: BackupRun, directory: Path, watch: Watch, now: datetime) -> None:
    """Copy all backups that aren't at the other place yet, the newest first, and remove the old ones there."""
    if not settings.BACKUP_COPY_TO:
        return
    try:
        with Elsewhere() as place:
            _copy(place, directory, watch, now)
    except Exception as error:
        reason = " ".join(f"{type(error).__name__}: {error}".split())[:500]
        note_failed_copy(run, reason)
        log.error("copy of the backup failed", backup=run.name, reason=reason)  # noqa: TRY400


def _copy(place: Elsewhere, directory: Path, watch: Watch, now: datetime) -> None:
    _clear_partial(place)
    there = place.names()
    for name in reversed(_ours(whole_backups(directory), lambda name: read_backup(directory / name))):
        if name not in there:
            place.put(directory / name, watch)
        note_copies([name], now)
    for name in _old(place.names(), now, place.read):
        place.remove(name)
        log.info("old copy removed", backup=name)


def remove_old(directory: Path, now: datetime) -> None:
    """Remove the backups older than BACKUP_KEEP from this machine, but never the newest."""
    for name in _old(whole_backups(directory), now, lambda name: read_backup(directory / name)):
        try:
            remove_backup(directory, name)
        except OSError as error:
            log.error("old backup not removed", backup=name, reason=str(error))  # noqa: TRY400
        else:
            note_removals([name], now)
            log.info("old backup removed", backup=name)


def _clear_partial(place: Elsewhere) -> None:
    """Removes what a killed run of ours left there."""
    ours = known_names()
    for name in place.partial_names():
        if name in ours:
            place.remove(name)


def _old(names: Collection[str], now: datetime, read: Callable[[str], Manifest]) -> Iterable[str]:
    return to_remove(_ours(names, read), now=now, keep=timedelta(seconds=settings.BACKUP_KEEP_SECONDS))


def _ours(names: Collection[str], read: Callable[[str], Manifest]) -> list[str]:
    """Returns the names of backups that this installation made: others' directories may lie beside them."""
    ours = []
    for name in names:
        try:
            read(name)
        except NoBackup as reason:
            log.warning("left alone: no backup of ours", reason=str(reason))
        else:
            ours.append(name)
    return ours
