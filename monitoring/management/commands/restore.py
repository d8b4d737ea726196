"""Restores the database from a backup, or to a moment, beside the live one; then the two change places."""

import json
from argparse import ArgumentTypeError
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.db import DatabaseError
from django.db import OperationalError as Unreachable
from django.utils import timezone
from psycopg import Error, OperationalError, ProgrammingError
from psycopg.conninfo import conninfo_to_dict

from accounts.database_errors import message_of
from accounts.domain.notation import parse_instant, write_instant
from accounts.management.arguments import EXIT_USAGE, given
from accounts.management.command import EXIT_REFUSED, OperatorCommand
from monitoring.domain.recovery import RestoreRefused
from monitoring.recovery.backup_files import find_backup
from monitoring.recovery.databases import LockHeld, SessionsStay
from monitoring.recovery.server import Server
from monitoring.services.restore_backup import restore_backup
from monitoring.services.restore_dump import Restored, Target
from monitoring.services.restore_moment import base_of, restore_moment
from monitoring.services.restore_running import restore_running
from monitoring.services.undo_restore import kept_database, undo_restore

EXIT_LOCKED = 5
MOMENTS = "a moment is required, like 2026-01-31T02:00:00Z"


def moment(text: str) -> datetime:
    """An instant with its zone, for argparse."""
    found = parse_instant(text)
    if found is None:
        raise ArgumentTypeError(MOMENTS)
    return found


def address(text: str) -> tuple[Server, str]:
    """A server and its database, for argparse."""
    try:
        parts = conninfo_to_dict(given(text))
    except ProgrammingError as error:
        raise ArgumentTypeError(f"an address is required, like postgresql://user@host:5433/name: {error}") from error
    names = {"HOST": "host", "PORT": "port", "USER": "user", "PASSWORD": "password"}
    return Server.of({name: parts.get(key) for name, key in names.items()}), str(parts.get("dbname") or "")


class Command(OperatorCommand):
    help = (
        "Restore the database of DATABASE_URL. The backup is checked (seal, checksums, releases), restored into a new "
        "database beside the live one, compared with its manifest, migrated, and verified (ledger, price chains). Then "
        "the two change places in one transaction; the old one is kept under a dated name, and --back puts it back. "
        "Prices, digests and signing keys that are newer than the backup are carried over from the live database, so "
        "that the published chain goes on; everything else since then is gone, and stdout lists it. All sessions end. "
        "If anything fails or the command is killed, the live database stays as it is; the next run clears the rest. "
        "It needs a login that may make databases: RESTORE_DATABASE_URL, or the process's own. "
        "Exit codes: 0 done, 1 refused or failed (nothing changed), 2 wrong usage, 4 the database doesn't answer, "
        "5 another restore is under way."
    )
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        what = parser.add_mutually_exclusive_group(required=True)
        what.add_argument("backup", nargs="?", help="a backup's directory, or the name of one in BACKUP_DIR")
        what.add_argument("--from", type=address, metavar="URL", help="the database of another server, at rest")
        what.add_argument("--to", type=moment, metavar="TIME", help="to just before this moment, by the archived log")
        what.add_argument(
            "--back", nargs="?", const=True, metavar="NAME", help="put a kept database back: the newest, or this one"
        )
        parser.add_argument(
            "--dry-run", "--verify-only", action="store_true", help="do all but the exchange; not with --back"
        )
        parser.add_argument("--identity", type=Path, help="the file with the age identity of an encrypted backup")
        parser.add_argument("--other-keys", action="store_true", help="take a backup sealed with other ENCRYPTION_KEYS")
        parser.add_argument("--no-input", action="store_false", dest="interactive", help="don't ask")
        parser.add_argument("--json", action="store_true", help="print the report as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["back"] is not None and options["dry_run"]:
            raise CommandError("--back has no --dry-run: it makes nothing that could be tried", returncode=EXIT_USAGE)
        aim = Target.of_site()
        try:
            if not options["dry_run"] and options["interactive"]:
                _check_named(aim, options)
                self._confirm(aim)
            self._print(self._restored(aim, options), as_json=options["json"])
        except (RestoreRefused, SessionsStay, OSError, ValueError) as error:
            raise CommandError(f"nothing was changed: {error}", returncode=EXIT_REFUSED) from error
        except LockHeld as error:
            raise CommandError(str(error), returncode=EXIT_LOCKED) from error
        except (Unreachable, OperationalError):
            raise
        except (DatabaseError, Error) as error:
            raise CommandError(f"nothing was changed: {message_of(error)}", returncode=EXIT_REFUSED) from error

    def _restored(self, aim: Target, options: dict[str, Any]) -> Restored:
        clock, say, exchange = timezone.now, self._say, not options["dry_run"]
        if options["back"] is not None:
            return undo_restore(target=aim, name=_kept_name(options), clock=clock, say=say)
        if options["from"]:
            source, name = options["from"]
            return restore_running(source=source, database=name, target=aim, clock=clock, say=say, exchange=exchange)
        if options["to"]:
            return restore_moment(moment=options["to"], target=aim, clock=clock, say=say, exchange=exchange)
        return restore_backup(
            wanted=options["backup"],
            target=aim,
            clock=clock,
            say=say,
            exchange=exchange,
            identity=options["identity"],
            other_keys=options["other_keys"],
        )

    def _confirm(self, aim: Target) -> None:
        self.stderr.write(f"This replaces the database {aim.live}. Its sessions end; it is kept under another name.")
        try:
            typed = input(f"Type {aim.live} to go on: ").strip()
        except EOFError:
            typed = ""
        if typed != aim.live:
            raise CommandError("nothing was changed: not confirmed", returncode=EXIT_REFUSED)

    def _say(self, text: str) -> None:
        if self.stderr.isatty():
            self.stderr.write(text)

    def _print(self, done: Restored, *, as_json: bool) -> None:
        if as_json:
            self.stdout.write(json.dumps(asdict(done) | {"state_at": write_instant(done.state_at)}))
            return
        verb = "restored" if done.exchanged else "verified, and not put in place:"
        self.stdout.write(f"{verb} {done.source}, the state of {write_instant(done.state_at)}, in {done.seconds:.1f} s")
        self.stdout.write(f"{done.rows} rows; {done.prices_carried} newer prices carried over")
        if done.kept_as:
            self.stdout.write(f"the database before it is kept as {done.kept_as}; `restore --back` puts it back")
        for line in done.lost:
            self.stdout.write(f"lost: {line}")


def _check_named(aim: Target, options: dict[str, Any]) -> None:
    """Raises RestoreRefused if there is no such backup, base backup or kept database: before anybody is asked."""
    if options["backup"] is not None:
        find_backup(options["backup"])
    elif options["to"]:
        base_of(options["to"], now=timezone.now())
    elif options["back"] is not None:
        with aim.server.connect() as server:
            kept_database(server, aim, _kept_name(options))


def _kept_name(options: dict[str, Any]) -> str | None:
    """The kept database that `--back` names; None for the newest."""
    return None if options["back"] is True else str(options["back"])
