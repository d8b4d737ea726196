"""Removes the prices of an old month and frees their disk space."""

import json
import re
from argparse import ArgumentTypeError
from dataclasses import asdict
from datetime import date
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.db import Error as DatabaseError

from accounts.management.command import EXIT_REFUSED, OperatorCommand
from trading.selectors.price_months import months_to_prune
from trading.services.prices.prune_prices import Pruned, PruneRefused, prune_prices


def month(text: str) -> date:
    """YYYY-MM, for argparse."""
    if not re.fullmatch(r"[0-9]{4}-(0[1-9]|1[0-2])", text) or text < "0001":
        raise ArgumentTypeError("a month is required, like 2026-01")
    return date.fromisoformat(f"{text}-01")


class Command(OperatorCommand):
    help = (
        "Remove the index prices of whole months, except those that decided some trade, with their neighbours in the "
        "chain: every trade can still be proven, and every candle of five seconds or more stays. Each month is a "
        "transaction of its own, the earliest first. Refused for a month that ended less than 30 days ago, that has a "
        "trade which isn't settled, or a day whose digest isn't published. "
        "Exit codes: 0 done (also when there was nothing to do), 1 a month was refused (those before it are done), "
        "2 wrong usage, 4 the database doesn't answer."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--before", type=month, required=True, help="YYYY-MM: the first month that stays whole")
        parser.add_argument("--dry-run", action="store_true", help="print the prices that would go, and change nothing")
        parser.add_argument("--json", action="store_true", help="print the report as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        done: list[Pruned] = []
        try:
            for each in months_to_prune(before=options["before"]):
                self.stderr.write(f"{each:%Y-%m} …")
                done.append(prune_prices(month=each, dry_run=options["dry_run"]))
        except PruneRefused as reason:
            self._report(done, options)
            raise CommandError(f"{each:%Y-%m} is kept: {reason}", returncode=EXIT_REFUSED) from reason
        except DatabaseError:
            self._report(done, options)
            raise
        self._report(done, options)

    def _report(self, done: list[Pruned], options: dict[str, Any]) -> None:
        if options["json"]:
            months = [asdict(each) | {"month": f"{each.month:%Y-%m}"} for each in done]
            self.stdout.write(json.dumps({"dry_run": options["dry_run"], "months": months}))
            return
        would = "would be " if options["dry_run"] else ""
        for each in done:
            self.stdout.write(f"{each.month:%Y-%m}: {each.removed:,} prices {would}removed, {each.kept:,} kept")
        if not done:
            self.stdout.write("nothing to prune")
