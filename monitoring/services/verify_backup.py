import time
from datetime import datetime
from pathlib import Path

import structlog

from accounts.domain.moments import Clock
from monitoring.archive.directory import NoBackup, read_backup
from monitoring.domain.recovery import RestoreRefused
from monitoring.models import BackupRun, RestoreDrill
from monitoring.recovery.backup_files import find_backup, newest_backup
from monitoring.recovery.elsewhere import on_database
from monitoring.recovery.restoring import Say
from monitoring.recovery.server import Server
from monitoring.services.restore_backup import restore_backup
from monitoring.services.restore_dump import Target

log = structlog.get_logger(__name__)

ARCHIVED = "SELECT last_archived_time FROM pg_stat_archiver WHERE current_setting('archive_mode') <> 'off'"


def verify_backup(
    *, wanted: str | None, target: Target, clock: Clock, say: Say, identity: Path | None = None
) -> RestoreDrill:
    """Restore a backup, the newest without a name, into a scratch database; write down how long it took.

    All checks of a restore are made, and nothing is exchanged. A backup that can't be restored makes a row too, with
    its failure, and is logged as an error. Raises RestoreRefused when there is no backup at all, LockHeld,
    psycopg.OperationalError.
    """
    path = find_backup(wanted) if wanted else newest_backup()
    started_at, begun = clock(), time.monotonic()
    recoverable_at = _recoverable_at(target.server, path.resolve())
    failure = ""
    try:
        restore_backup(
            wanted=str(path), target=target, clock=clock, say=say, exchange=False, identity=identity, drill=True
        )
    except RestoreRefused as error:
        failure = str(error)
    drill = RestoreDrill(
        backup=path.resolve().name[:40],
        started_at=started_at,
        seconds=round(time.monotonic() - begun, 3),
        recoverable_at=recoverable_at,
        failure=failure,
    )
    with on_database(target.server, target.live):
        drill.save(force_insert=True)
        if not failure:
            BackupRun.objects.filter(name=drill.backup).update(verified_at=clock())
    if failure:
        log.error("backup can't be restored", name=drill.backup, reason=failure)
    else:
        log.info("backup verified", name=drill.backup, seconds=drill.seconds)
    return drill


def _recoverable_at(server: Server, path: Path) -> datetime | None:
    """The newest moment that a loss of the server would leave: of the archived log, or else of the backup."""
    with server.connect() as connection:
        row = connection.execute(ARCHIVED).fetchone()
    if row and row[0]:
        return row[0]  # type: ignore[no-any-return]
    try:
        return read_backup(path).contents.taken_at
    except NoBackup:
        return None
