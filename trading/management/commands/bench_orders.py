"""`make bench BENCH=bench_orders`: measures orders over HTTP on a throw-away database."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser

from accounts.management.arguments import positive, whole
from accounts.management.command import OperatorCommand
from trading.bench.orders.measure import Line, measure
from trading.bench.orders.programs import SERVERS, NotMeasured
from trading.models import FlashTrade


class Command(OperatorCommand):
    help = (
        "Measure orders over HTTP: the order gateway under uvicorn, DRF's door and a plain door under gunicorn, beside "
        "`pgbench -N -M prepared` with 32 clients. Medians of rounds in which all take turns; then arrivals at an even "
        "rate, each of which reads its trades and orders. All are durable, authenticated by a token, idempotent, and "
        "counted. Fills the database, so it is refused unless DJANGO_DEBUG is on and there are no trades yet: use "
        "`make bench BENCH=bench_orders`. Exit codes: 0 measured, 1 refused or failed."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--rounds", type=positive, default=5, help="rounds of each load (5)")
        parser.add_argument("--seconds", type=positive, default=5, help="seconds of a load in a round (5)")
        parser.add_argument("--open-seconds", type=whole(0), default=60, help="seconds of arrivals; 0: none (60)")
        parser.add_argument("--people", type=positive, default=1_000, help="people who order in turn (1000)")
        parser.add_argument("--port", type=positive, default=8765, help="the first of three ports (8765)")
        parser.add_argument("--doors", nargs="+", choices=list(SERVERS), default=list(SERVERS), help="all unless named")
        parser.add_argument("--json", action="store_true", help="print the figures as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEBUG or FlashTrade.objects.exists():
            raise CommandError("bench_orders needs a throw-away database: use `make bench BENCH=bench_orders`")
        settings.DEBUG = False  # else Django keeps every statement in memory
        names = ("rounds", "seconds", "open_seconds", "people", "port", "doors")
        try:
            lines = [self._tell(line, options) for line in measure(**{name: options[name] for name in names})]
        except NotMeasured as error:
            raise CommandError(str(error)) from error
        if options["json"]:
            self.stdout.write(json.dumps([asdict(line) for line in lines]))
            return
        for text in _ratios(lines):
            self.stdout.write(text)

    def _tell(self, line: Line, options: dict[str, Any]) -> Line:
        """Prints a line as soon as it is measured."""
        if not options["json"]:
            self.stdout.write(_text(line))
            self.stdout.flush()
        return line


def _text(line: Line) -> str:
    found = line.middle
    times = f"p50 {found.p50:6.1f}  p95 {found.p95:6.1f}  p99 {found.p99:6.1f} ms"
    costs = f"application {found.application:5.0f}  PostgreSQL {found.database:5.0f} µs"
    return f"{line.door:10}  {line.load:15} {found.a_second:8,.0f} a second  {times}  {costs}  {found.failed} failed"


def _ratios(lines: Sequence[Line]) -> Iterator[str]:
    rates = {(line.door, line.load): line.middle.a_second for line in lines}
    gateway = {load: rate for (door, load), rate in rates.items() if door == "gateway" and "connections" in load}
    for load, rate in gateway.items():
        beside = {"plain door": rates.get(("plain", load)), "pgbench": rates.get(("pgbench -N", "32 connections"))}
        told = [f"{rate / other:.2f} × {name}" for name, other in beside.items() if other]
        yield f"gateway, {load}: {', '.join(told)}"
