"""Shows that a backup can be restored, and how long that takes."""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.db import DatabaseError
from django.db import OperationalError as Unreachable
from django.utils import timezone
from psycopg import Error, OperationalError

from accounts.database_errors import message_of
from accounts.domain.notation import write_instant
from accounts.management.command import EXIT_REFUSED, OperatorCommand
from monitoring.domain.recovery import RestoreRefused
from monitoring.management.commands.restore import EXIT_LOCKED
from monitoring.models import RestoreDrill
from monitoring.recovery.databases import LockHeld
from monitoring.services.restore_dump import Target
from monitoring.services.verify_backup import verify_backup

EXIT_WRONG = 3


class Command(OperatorCommand):
    requires_system_checks: list[str] = []  # a fault in the pages must not stop the trial of a backup
    help = (
        "Restore the newest backup, or the named one, into a scratch database with all checks of `restore`, then drop "
        "it. The row of the drill says how long it took (RTO) and up to which moment the data could be saved (RPO); "
        "metrics and alerts read it. The beat does this each week. It needs a login that may make databases: "
        "RESTORE_DATABASE_URL, or the process's own. "
        "Exit codes: 0 the backup is right, 1 there is none or no right to it, 3 it can't be restored (one line says "
        "why), 4 the database doesn't answer, 5 another drill is under way."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("backup", nargs="?", help="a backup's directory, or the name of one in BACKUP_DIR")
        parser.add_argument("--identity", type=Path, help="the file with the age identity of an encrypted backup")
        parser.add_argument("--json", action="store_true", help="print the report as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            drill = verify_backup(
                wanted=options["backup"],
                target=Target.of_site(),
                clock=timezone.now,
                say=self._say,
                identity=options["identity"],
            )
        except RestoreRefused as error:
            raise CommandError(str(error), returncode=EXIT_REFUSED) from error
        except LockHeld as error:
            raise CommandError(str(error), returncode=EXIT_LOCKED) from error
        except (Unreachable, OperationalError):
            raise
        except (DatabaseError, Error) as error:  # of our own login, or of that of RESTORE_DATABASE_URL
            words = f"{message_of(error)}: run it with the login backup or owner (`… manage --as owner verify_backup`)"
            raise CommandError(words, returncode=EXIT_REFUSED) from error
        self._print(drill, as_json=options["json"])
        if drill.failure:
            raise CommandError(f"{drill.backup} can't be restored: {drill.failure}", returncode=EXIT_WRONG)

    def _say(self, text: str) -> None:
        if self.stderr.isatty():
            self.stderr.write(text)

    def _print(self, drill: RestoreDrill, *, as_json: bool) -> None:
        until = write_instant(drill.recoverable_at) if drill.recoverable_at else None
        if as_json:
            report = {
                "backup": drill.backup,
                "seconds": drill.seconds,
                "recoverable_at": until,
                "failure": drill.failure,
            }
            self.stdout.write(json.dumps(report))
        elif not drill.failure:
            self.stdout.write(
                f"{drill.backup}: restored and right, in {drill.seconds:.1f} s; recoverable until {until}"
            )
