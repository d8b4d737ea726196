"""Exports trades for the operator's own books and analyses."""

import csv
import json
import sys
from argparse import ArgumentTypeError
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.core.management.base import CommandError, CommandParser

from accounts.domain.notation import parse_instant
from accounts.management.arguments import EXIT_USAGE, positive
from accounts.management.command import OperatorCommand
from accounts.selectors.access.logins import id_of_email
from accounts.wire.spreadsheet import cell
from trading.management.interrupts import finishing_the_batch
from trading.management.symbols import refuse_unknown
from trading.models import FlashTrade
from trading.services.orders.export_trades import ExportFilter, export_trades
from trading.wire.trades import COLUMNS as ALL
from trading.wire.trades import flash_trade

EXIT_FAILURE = 1
FORMATS = ("jsonl", "csv")
COLUMNS = ("id", "user", *ALL[1:])


def instant(text: str) -> datetime:
    """ISO-8601 with a zone, or a day in UTC, for argparse."""
    found = parse_instant(text if len(text) > len("2026-01-31") else f"{text}T00:00:00Z")
    if found is None:
        raise ArgumentTypeError("a time is required, like 2026-01-31 or 2026-01-31T12:00:00Z")
    return found


class Command(OperatorCommand):
    help = (
        "Write trades to stdout, the earliest first, as JSON lines in the form of the API with the owner's id as "
        "`user`, or as CSV with a header. All are of one moment, and memory holds 2,000 of them, so any number can be "
        "exported. In CSV, texts that a spreadsheet would read as a formula begin with an apostrophe. Progress is on "
        "stderr. SIGTERM ends it after whole lines; stderr then says so, and the exit code is 1. "
        "Exit codes: 0 done, 1 refused or stopped, 2 wrong usage, 4 the database doesn't answer."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--format", choices=FORMATS, default="jsonl", help="jsonl (default) or csv")
        parser.add_argument("--json", action="store_true", help="the same as --format jsonl")
        parser.add_argument("--since", type=instant, help="accepted at this time or later: a day, or ISO-8601")
        parser.add_argument("--until", type=instant, help="accepted before this time")
        parser.add_argument("--user", metavar="EMAIL", help="of this person alone")
        parser.add_argument("--instrument", metavar="SYMBOL", help="on this instrument alone")
        parser.add_argument("--limit", type=positive, help="the most trades")
        parser.add_argument("--quiet", action="store_true", help="no progress on stderr")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            self._export(options)
        except BrokenPipeError:
            raise SystemExit(EXIT_FAILURE) from None  # `| head` has enough

    def _export(self, options: dict[str, Any]) -> None:
        wanted = _wanted(options)
        write = self._lines() if options["json"] or options["format"] == "jsonl" else self._table()
        done = 0
        with finishing_the_batch() as stop:
            for batch in export_trades(wanted):
                for trade in batch:
                    write(trade)
                self.stdout.flush()
                done += len(batch)
                if not options["quiet"] and sys.stderr.isatty():
                    self.stderr.write(f"{done:,} trades")
                if stop.asked:
                    raise CommandError(f"stopped after {done:,} trades", returncode=EXIT_FAILURE)

    def _lines(self) -> Callable[[FlashTrade], object]:
        return lambda trade: self.stdout.write(json.dumps(_told(trade), ensure_ascii=False))

    def _table(self) -> Callable[[FlashTrade], object]:
        rows = csv.writer(self.stdout, lineterminator="\n")
        rows.writerow(COLUMNS)

        def write(trade: FlashTrade) -> None:
            told = _told(trade)
            rows.writerow("" if told[name] is None else cell(told[name]) for name in COLUMNS)

        return write


def _wanted(options: dict[str, Any]) -> ExportFilter:
    """The trades that are asked for. An empty export must mean that there are none, not that a name is misspelt."""
    since, until, symbol = options["since"], options["until"], options["instrument"]
    if since and until and since >= until:
        raise CommandError("--since must be earlier than --until", returncode=EXIT_USAGE)
    user_id = id_of_email(options["user"]) if options["user"] else None
    if options["user"] and user_id is None:
        raise CommandError(f"nobody has the email {options['user']}", returncode=EXIT_FAILURE)
    refuse_unknown([symbol] if symbol else [])
    return ExportFilter(since, until, user_id, symbol, limit=options["limit"])


def _told(trade: FlashTrade) -> dict[str, object]:
    return {"user": trade.user_id, **flash_trade(trade)}
