"""Makes a backup."""

import json
import signal
import sys
from pathlib import Path
from types import FrameType
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser
from django.db import ProgrammingError
from django.utils import timezone

from accounts.management.command import OperatorCommand
from monitoring.archive.session import AlreadyRuns
from monitoring.archive.watch import Watch
from monitoring.domain.backups.failures import BackupFailed
from monitoring.models import BackupRun
from monitoring.selectors.backups import backup_state
from monitoring.services.backups.make_backup import make_backup

EXIT_FAILED, EXIT_HELD = 1, 5


class Command(OperatorCommand):
    requires_system_checks: list[str] = []  # a fault in the pages must not stop a backup
    help = (
        "Make a backup in BACKUP_DIR: a directory with a dump of the database, a snapshot of Redis, the settings "
        "without secrets, and a manifest with checksums and the figures that a restored database must show. Nothing "
        "stops meanwhile. Run it with the DATABASE_URL of the login `backup` (or of the owner). Old backups go "
        "afterwards, and a copy elsewhere is made (BACKUP_KEEP, BACKUP_COPY_TO). stdout gets the path of the backup, "
        "stderr the progress. --last makes none: it tells of the last good one. Exit codes: 0 done, 1 no backup was "
        "made, or not its copy (one line says why; earlier ones are untouched), "
        "4 the database doesn't answer, 5 another backup is being made."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print the report as JSON")
        parser.add_argument("--quiet", action="store_true", help="no progress")
        parser.add_argument("--last", action="store_true", help="make no backup: tell the last good one, and its age")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["last"]:
            self._tell_last(as_json=options["json"])
        else:
            self._make(options)

    def _make(self, options: dict[str, Any]) -> None:
        stopped = False

        def stop(_number: int, _frame: FrameType | None) -> None:
            nonlocal stopped
            stopped = True

        before = {number: signal.signal(number, stop) for number in (signal.SIGTERM, signal.SIGINT)}
        told = self._tell if sys.stderr.isatty() and not options["quiet"] else lambda _size: None
        try:
            run = make_backup(clock=timezone.now, watch=Watch(lambda: stopped, told))
        except AlreadyRuns as held:
            raise CommandError(str(held), returncode=EXIT_HELD) from held
        except BackupFailed as failure:
            raise CommandError(str(failure), returncode=EXIT_FAILED) from failure
        except ProgrammingError as error:
            words = f"{error}: run it with the login backup or owner (`cryptotrader.local manage --as backup backup`)"
            raise CommandError(words, returncode=EXIT_FAILED) from error
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
        self._report(run, as_json=options["json"])
        if run.copy_failure:
            raise CommandError(f"the backup is good, but not its copy: {run.copy_failure}", returncode=EXIT_FAILED)

    def _report(self, run: BackupRun, *, as_json: bool) -> None:
        path = str(Path(settings.BACKUP_DIR) / run.name)
        if not as_json:
            self.stdout.write(path)
            return
        seconds = (run.ended_at - run.started_at).total_seconds() if run.ended_at else None
        copied = bool(run.copied_at) if settings.BACKUP_COPY_TO else None
        report = {"name": run.name, "path": path, "size_bytes": run.bytes_written, "seconds": seconds}
        told = {"encrypted": run.encrypted, "warnings": run.warnings, "copied": copied}
        self.stdout.write(json.dumps({**report, **told}))

    def _tell_last(self, *, as_json: bool) -> None:
        now = timezone.now()
        last = backup_state(now).last_good
        hours = (now - last.started_at).total_seconds() / 3600 if last else None
        if as_json:
            self.stdout.write(json.dumps({"name": last.name if last else None, "age_hours": hours}))
        else:
            self.stdout.write(f"{last.name}, {hours:.1f} hours old" if last else "there is no backup")

    def _tell(self, size: int) -> None:
        self.stderr.write(f"{size:,} bytes")
