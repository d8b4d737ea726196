from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings

from monitoring.domain.recovery import BaseBackup, RestoreRefused, base_is_due
from monitoring.recovery import databases
from monitoring.recovery.base_backups import Archive, make_base_backup, prune
from monitoring.recovery.server import Server


@dataclass(frozen=True, slots=True)
class Taken:
    """A new base backup, and those that went because it came, each with the log that only it needed."""

    made: BaseBackup
    removed: tuple[BaseBackup, ...]


def base_backup_is_due(now: datetime) -> bool:
    """Whether this program keeps an archive, and its newest base backup is a day old. Raises OSError."""
    if not settings.WAL_ARCHIVE_DIR:
        return False
    return base_is_due(now, Archive(Path(settings.WAL_ARCHIVE_DIR).resolve()).base_backups())


def take_base_backup(*, server: Server) -> Taken:
    """Copy the server's files into WAL_ARCHIVE_DIR, then remove what is older than the last BASE_BACKUPS_KEPT.

    `server` has a login with REPLICATION. Raises RestoreRefused without an archive, LockHeld, BaseBackupFailed,
    NoProgram, OSError, psycopg.OperationalError.
    """
    if not settings.WAL_ARCHIVE_DIR:
        raise RestoreRefused("no log is archived: WAL_ARCHIVE_DIR isn't set")
    archive = Archive(Path(settings.WAL_ARCHIVE_DIR).resolve())
    with databases.lock(server, "base backup", "this server") as connection:
        if connection.execute("SHOW archive_mode").fetchone() == ("off",):
            raise RestoreRefused("the server archives no log (archive_mode is off): a base backup would be of no use")
        made = make_base_backup(server, archive)
        version = connection.info.server_version
        return Taken(made, tuple(prune(archive, keep=settings.BASE_BACKUPS_KEPT, server_version=version)))
