"""`make bench BENCH=bench_history`: pages of candles among many days of prices, on a throw-away database."""

import json
import time
from dataclasses import asdict
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser
from django.utils import timezone

from accounts.management.arguments import positive
from accounts.management.command import OperatorCommand
from trading.bench import history
from trading.models import IndexPrice


class Command(OperatorCommand):
    help = (
        "Fill a throw-away database with one-second prices of five instruments and measure pages of candles of each "
        "interval, anywhere in them. A day takes some 170 MB and some seconds. Refused unless DJANGO_DEBUG is on and "
        "there are no prices yet: use `make bench BENCH=bench_history`. Exit codes: 0 measured, 1 refused or failed."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--days", type=positive, default=90, help="days of prices (default 90)")
        parser.add_argument("--pages", type=positive, default=200, help="pages of each kind (default 200)")
        parser.add_argument("--json", action="store_true", help="print the figures as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEBUG or IndexPrice.objects.exists():
            raise CommandError("bench_history needs a throw-away database: use `make bench BENCH=bench_history`")
        settings.DEBUG = False  # else Django keeps every statement in memory
        settings.ALLOWED_HOSTS = ["testserver"]
        days, until, started = options["days"], history.end_of_days(timezone.now()), time.perf_counter()
        prices = history.fill(days=days, until=until)
        self.stderr.write(f"{prices:,} prices of {days} days made in {time.perf_counter() - started:.0f} s")
        measured = history.measure(days=days, until=until, pages=options["pages"])
        if options["json"]:
            self.stdout.write(json.dumps([asdict(each) for each in measured]))
            return
        self.stdout.write("pages of candles, in ms     p50      p99      max   of it database (max)")
        for each in measured:
            self.stdout.write(
                f"  {each.interval:>3}, {each.limit:5} at most {each.p50:10.1f} {each.p99:8.1f} {each.max:8.1f}"
                f" {each.database_max:8.1f}"
            )
        for plan in history.plans(until=until):
            self.stdout.write(f"\n{plan}")
