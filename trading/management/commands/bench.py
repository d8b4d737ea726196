"""`make bench`: measure on a throw-away database, and print ratios within the run."""

import json
from argparse import ArgumentTypeError
from dataclasses import asdict
from datetime import timedelta
from statistics import median
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from trading.bench.settlement import Measured, measure
from trading.models import FlashTrade


def positive(text: str) -> int:
    """A whole number above zero, for argparse."""
    if not text.isascii() or not text.isdigit() or int(text) == 0:
        raise ArgumentTypeError("a whole number above zero is required")
    return int(text)


class Command(BaseCommand):
    help = (
        "Measure settlement: so many trades due at one second, settled after that second's price has been recorded, "
        "beside a bare set-based SQL statement on the same rows. Fills the database with made-up people and trades, "
        "so it is refused unless DJANGO_DEBUG is on and there are no trades yet: use `make bench`. "
        "Absolute figures depend on the machine and swing; the ratios within a run hold. "
        "Exit codes: 0 measured, 1 refused or failed."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--trades", type=positive, default=10_000, help="trades per run (default 10000)")
        parser.add_argument("--wallets", type=positive, default=1_000, help="wallets they are spread over")
        parser.add_argument("--runs", type=positive, default=3, help="runs (default 3)")
        parser.add_argument("--json", action="store_true", help="print the figures as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEBUG or FlashTrade.objects.exists():
            raise CommandError("bench needs a throw-away database: use `make bench`")
        settings.DEBUG = False  # else Django keeps every statement in memory
        start = timezone.now().replace(microsecond=0) - timedelta(hours=1)
        runs = []
        for run in range(options["runs"]):
            now = start + timedelta(minutes=5 * run)
            runs.append(measure(trades=options["trades"], wallets=options["wallets"], now=now))
            self.stderr.write(f"run {run + 1} of {options['runs']} done")
        if options["json"]:
            self.stdout.write(json.dumps([asdict(run) | {"ratio": run.ratio} for run in runs]))
        else:
            self._print(runs)

    def _print(self, runs: list[Measured]) -> None:
        trades = runs[0].trades
        self.stdout.write(f"{trades:,} trades due at one second, median (min to max) of {len(runs)} runs")
        for label, seconds in (
            ("opened, 500 a commit", [run.opening_seconds for run in runs]),
            ("given their entry price", [run.entering_seconds for run in runs]),
            ("settled", [run.settling_seconds for run in runs]),
            ("bare SQL on the same rows", [run.bare_seconds for run in runs]),
        ):
            middle = median(seconds)
            span = f"({min(seconds):.3f} to {max(seconds):.3f})"
            self.stdout.write(f"  {label:28} {middle:7.3f} s {span:20} {trades / middle:10,.0f} a second")
        self.stdout.write(f"  settled : bare SQL           {median([run.ratio for run in runs]):7.2f}")
