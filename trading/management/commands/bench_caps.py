"""`make bench BENCH=bench_caps`: the cost of a liability cap per order, on a throw-away database."""

import json
from dataclasses import asdict
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser
from django.utils import timezone

from accounts.management.arguments import positive
from accounts.management.command import OperatorCommand
from trading.bench.opening import measure
from trading.bench.stage import open_market, price, register
from trading.models import FlashTrade


class Command(OperatorCommand):
    help = (
        "Measure orders, one a transaction, by many threads at once: without a cap on liability, with one in stripes, "
        "with all wallets on one stripe (a hot row), and while the capacity is used up. The ways take turns. "
        "Refused unless DJANGO_DEBUG is on and there are no trades yet. Exit codes: 0 measured, 1 refused or failed."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--orders", type=positive, default=2000, help="orders each way (default 2000)")
        parser.add_argument("--wallets", type=positive, default=640, help="wallets that share them")
        parser.add_argument("--hands", type=positive, nargs="+", default=[8, 16], help="threads (default 8 and 16)")
        parser.add_argument("--json", action="store_true", help="print the figures as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEBUG or FlashTrade.objects.exists():
            raise CommandError("bench_caps needs a throw-away database: use `make bench BENCH=bench_caps`")
        settings.DEBUG = False  # else Django keeps every statement in memory
        now = timezone.now().replace(microsecond=0) - timedelta(hours=1)
        open_market()
        users = register(options["wallets"], now)
        price(now, "60000.00")
        runs = [measure(users=users, orders=options["orders"], hands=hands, now=now) for hands in options["hands"]]
        if options["json"]:
            self.stdout.write(json.dumps([asdict(run) for run in runs]))
            return
        for run in runs:
            self.stdout.write(f"{run.hands} hands, orders a second (share of those without a cap)")
            for way in ("without_cap", "striped", "one_row", "full"):
                rate = getattr(run, way)
                self.stdout.write(f"  {way.replace('_', ' '):14} {rate:8,.0f} {rate / run.without_cap:7.2f}")
