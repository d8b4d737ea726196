"""Makes the candles of a day anew from its prices."""

import re
from argparse import ArgumentTypeError
from datetime import date
from typing import Any

from django.core.management.base import CommandError, CommandParser

from accounts.management.arguments import EXIT_USAGE
from accounts.management.command import EXIT_REFUSED, OperatorCommand
from trading.services.prices.rebuild_candles import MonthPruned, rebuild_candles


def day(text: str) -> date:
    """YYYY-MM-DD, for argparse."""
    try:
        if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise ArgumentTypeError("a day is required, like 2026-01-31")


class Command(OperatorCommand):
    help = (
        "Rebuild the candles of whole UTC days from the stored prices, day by day, for all instruments. Prices go on "
        "meanwhile. Refused for days of a pruned month: only their candles are left. "
        "Exit codes: 0 done, 1 a day was refused (those before it are done), 2 wrong usage, "
        "4 the database doesn't answer."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--since", type=day, required=True, help="YYYY-MM-DD: the first day")
        parser.add_argument("--until", type=day, help="YYYY-MM-DD: the last day (default: the first)")

    def handle(self, *args: Any, **options: Any) -> None:
        since, until, made = options["since"], options["until"] or options["since"], 0
        if until < since:
            raise CommandError("--until is before --since", returncode=EXIT_USAGE)
        try:
            for at in map(date.fromordinal, range(since.toordinal(), until.toordinal() + 1)):
                made += rebuild_candles(day=at)
                self.stderr.write(f"{at}: {made} candles so far")
        except MonthPruned as reason:
            raise CommandError(f"{at} is kept: {reason}", returncode=EXIT_REFUSED) from reason
        self.stdout.write(f"{made} candles made")
