"""Tells an operator where PostgreSQL spends its time and its disk."""

import json
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from django.core.management.base import CommandParser
from django.core.serializers.json import DjangoJSONEncoder

from accounts.management.arguments import positive
from accounts.management.command import OperatorCommand
from monitoring.domain.growth import DAYS_A_YEAR, Footprint
from monitoring.management.tables import in_units, table
from monitoring.selectors.database import database_stats, footprint, sees_all_sessions, top_statements

NO_STATEMENTS = (
    "statements: none are counted. Load pg_stat_statements (shared_preload_libraries), and as a superuser run "
    "CREATE EXTENSION pg_stat_statements in the database `postgres`, and GRANT pg_read_all_stats to the owner's login"
)

OWN_SESSIONS_ONLY = (
    "this login sees its own sessions alone: `connections` and `oldest_transactions` lack those of others, and their "
    "statements are hidden. Run it as the owner"
)


class Command(OperatorCommand):
    help = (
        "Show PostgreSQL's statistics: the statements that took most time in all (pg_stat_statements), sizes of tables "
        "and indexes, indexes that nobody uses, an estimate of bloat, connections by login and state, locks and who "
        "blocks whom, cache hits, the oldest transactions, the bytes that a trade takes and the disk after a year at "
        "the present rate. It only reads. Run it as the owner: other logins don't see the statements of others, nor "
        "the bloat of tables that they may not read. Counts begin with the server's statistics (stats_reset). "
        "Exit codes: 0 done, 2 wrong usage, 4 the database doesn't answer."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--limit", type=positive, default=10, help="the most rows of each list (10)")
        parser.add_argument("--json", action="store_true", help="print all sections as JSON; sizes are bytes")

    def handle(self, *args: Any, **options: Any) -> None:
        sections: dict[str, Any] = dict(database_stats(limit=options["limit"]))
        statements, growth = top_statements(limit=options["limit"]), footprint()
        is_whole = sees_all_sessions()
        if not is_whole:
            self.stderr.write(OWN_SESSIONS_ONLY)
        if options["json"]:
            told = {"statements": statements, **sections, "growth": _growth(growth) if growth else None}
            self.stdout.write(json.dumps(told, cls=DjangoJSONEncoder))
            return
        self._print({"statements": statements, **sections}, growth)
        if statements is None:
            self.stderr.write(NO_STATEMENTS)
        if growth is None or None in sections.values():
            self.stderr.write("a table is locked: the sections `blocked` and `locks` say by whom")

    def _print(self, sections: dict[str, Any], growth: Footprint | None) -> None:
        for title, rows in sections.items():
            for line in table(title, rows):
                self.stdout.write(line)
        for line in _projection(growth) if growth else table("growth", None):
            self.stdout.write(line)


def _growth(found: Footprint) -> dict[str, object]:
    return asdict(found) | {
        "bytes_a_trade": found.bytes_a_trade,
        "bytes_a_price": found.bytes_a_price,
        "bytes_a_day": found.bytes_a_day,
        "bytes_after_a_year": found.after(DAYS_A_YEAR),
    }


def _projection(found: Footprint) -> Iterator[str]:
    yield "== growth"
    if found.bytes_a_trade is not None:
        yield f"a trade takes {in_units(found.bytes_a_trade)}; {found.trades_a_day:,} came in the last 24 hours"
    if found.bytes_a_price is not None:
        yield f"a price takes {in_units(found.bytes_a_price)}; {found.prices_a_day:,} came in the last 24 hours"
    yield f"the database has {in_units(found.bytes)} and grows by {in_units(found.bytes_a_day)} a day"
    yield f"after a year at this rate, if nothing is pruned: {in_units(found.after(DAYS_A_YEAR))}"
