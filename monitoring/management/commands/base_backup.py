"""Takes a base backup: the beginning of each recovery by the archived log."""

import json
from typing import Any

from django.core.management.base import CommandError, CommandParser

from accounts.domain.notation import write_instant
from accounts.management.command import EXIT_REFUSED, OperatorCommand
from monitoring.archive.programs import NoProgram
from monitoring.domain.recovery import RestoreRefused
from monitoring.management.commands.restore import EXIT_LOCKED
from monitoring.recovery.base_backups import BaseBackupFailed
from monitoring.recovery.databases import LockHeld
from monitoring.services.restore_dump import Target
from monitoring.services.take_base_backup import Taken, take_base_backup


class Command(OperatorCommand):
    requires_system_checks: list[str] = []  # a fault in the pages must not stop a backup
    help = (
        "Copy the files of the running PostgreSQL into WAL_ARCHIVE_DIR, and check the copy. From then on, "
        "`restore --to` reaches each moment. Then the base backups beyond the last BASE_BACKUPS_KEPT go, with the log "
        "that only they needed. The beat does this each day. It needs a login with REPLICATION: RESTORE_DATABASE_URL, "
        "or the process's own. Exit codes: 0 done, 1 refused or failed (the earlier ones are untouched), 4 the "
        "database doesn't answer, 5 another base backup is being taken."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print the report as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            taken = take_base_backup(server=Target.of_site().server)
        except LockHeld as error:
            raise CommandError(str(error), returncode=EXIT_LOCKED) from error
        except (RestoreRefused, BaseBackupFailed, NoProgram, OSError) as error:
            raise CommandError(str(error), returncode=EXIT_REFUSED) from error
        self._print(taken, as_json=options["json"])

    def _print(self, taken: Taken, *, as_json: bool) -> None:
        removed = [backup.name for backup in taken.removed]
        if as_json:
            report = {"name": taken.made.name, "ended_at": write_instant(taken.made.ended_at), "removed": removed}
            self.stdout.write(json.dumps(report))
            return
        self.stdout.write(taken.made.name)
        for name in removed:
            self.stdout.write(f"removed {name}")
