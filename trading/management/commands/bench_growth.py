"""`make bench BENCH=bench_growth`: the costs of work among more and more trades, on a throw-away database."""

import json
from dataclasses import asdict
from datetime import timedelta
from io import StringIO
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError, CommandParser
from django.utils import timezone

from accounts.management.arguments import positive
from accounts.management.command import OperatorCommand
from trading.bench.growth.copies import Copies
from trading.bench.growth.costs import STAFF, STAFFS_PAGE_MS_MAX, Bench, Cost
from trading.models import FlashTrade


class Command(OperatorCommand):
    help = (
        "Measure an order, a settlement, a sign-in, pages of traders, lists of staff and the proof of the ledger among "
        "more and more trades: milliseconds, and the pages and rows that PostgreSQL reads. Fills the database, so it "
        "is refused unless DJANGO_DEBUG is on and there are no trades yet: use `make bench BENCH=bench_growth`. "
        "Exit codes: 0 measured, 1 refused or failed."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        sizes = [10_000, 100_000, 1_000_000]
        parser.add_argument(
            "--trades", type=positive, nargs="+", default=sizes, help="numbers of trades (10000 100000 1000000)"
        )
        parser.add_argument("--people", type=positive, default=50_000, help="people who have made them (50000)")
        parser.add_argument("--rounds", type=positive, default=5, help="rounds of each piece of work (5)")
        parser.add_argument("--json", action="store_true", help="print the figures as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEBUG or FlashTrade.objects.exists():
            raise CommandError("bench_growth needs a throw-away database: use `make bench BENCH=bench_growth`")
        settings.DEBUG = False  # else Django keeps every statement in memory
        settings.ALLOWED_HOSTS = ["testserver"]
        now = timezone.now().replace(microsecond=0) - timedelta(hours=6)
        copies, told, bench = Copies(people=options["people"], now=now), [], None
        for trades in sorted(set(options["trades"])):
            copies.fill(trades)
            bench = bench or Bench(copies, options["rounds"])
            for cost in bench.measure(_reconcile):
                told.append(cost)
                if not options["json"]:
                    self.stdout.write(_text(cost))
                    self.stdout.flush()
        slow = [cost.work for cost in told if cost.work.startswith(STAFF) and cost.milliseconds >= STAFFS_PAGE_MS_MAX]
        if options["json"]:
            self.stdout.write(json.dumps([asdict(cost) for cost in told]))
        else:
            self.stdout.write(f"pages of staff of {STAFFS_PAGE_MS_MAX} ms or more: {', '.join(slow) or 'none'}")


def _reconcile() -> None:
    """Raises CommandError with the faults: the copies must be a right ledger."""
    report = StringIO()
    try:
        call_command("reconcile_ledger", stdout=report)
    except SystemExit as error:
        raise CommandError(f"the copies are no right ledger: {report.getvalue()[:500]}") from error


def _text(cost: Cost) -> str:
    return (
        f"{cost.trades:>10,} trades  {cost.work:38} {cost.milliseconds:10.1f} ms"
        f" {cost.buffers:11,} pages {cost.rows:11,} rows"
    )
