from datetime import datetime
from pathlib import Path

from accounts.domain.moments import Clock
from monitoring.archive.journal import end_well
from monitoring.domain.backups.manifest import Manifest
from monitoring.domain.backups.runs import State
from monitoring.domain.recovery import RestoreRefused
from monitoring.models import BackupRun
from monitoring.recovery.backup_files import check_files, check_release, find_backup, opened, read_manifest
from monitoring.recovery.elsewhere import on_database
from monitoring.recovery.restoring import Say
from monitoring.selectors.migrations import unknown_among
from monitoring.services.restore_dump import Restored, Target, restore_dump


def restore_backup(
    *,
    wanted: str,
    target: Target,
    clock: Clock,
    say: Say,
    exchange: bool,
    identity: Path | None = None,
    other_keys: bool = False,
    drill: bool = False,
) -> Restored:
    """Restore a backup by its path or name. Its files are checked first, before the server is touched.

    `identity` is a file of age for an encrypted backup; `other_keys` takes one that other ENCRYPTION_KEYS sealed.
    Raises RestoreRefused, LockHeld, SessionsStay, psycopg.OperationalError.
    """
    directory = find_backup(wanted).resolve()
    manifest = read_manifest(directory, any_keys=other_keys)
    if manifest.name != directory.name:
        raise RestoreRefused(f"the manifest is of {manifest.name}, not of {directory.name}: the files were exchanged")
    if unknown := unknown_among(manifest.contents.migrations.items()):
        raise RestoreRefused(f"the backup is of a newer program: this one doesn't know {unknown[0]}")
    with target.server.connect() as connection:
        check_release(manifest.contents.server_version, connection.info.server_version)
    say(f"checking the files of {manifest.name}")
    check_files(directory, manifest)
    with opened(directory, manifest, identity, say) as dump:
        restored = restore_dump(dump=dump, target=target, clock=clock, say=say, exchange=exchange, drill=drill)
    if restored.exchanged:
        with on_database(target.server, target.live):
            _end_own_run(manifest, clock())
    return restored


def _end_own_run(manifest: Manifest, now: datetime) -> None:
    """Notes that the backup is whole: in its own state its run is still under way, which would look like a failure."""
    for run in BackupRun.objects.filter(name=manifest.name, state=State.RUNNING):
        end_well(run, manifest, now)
