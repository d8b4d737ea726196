"""`make bench BENCH=bench_frames`: the cost of a frame to thousands of sockets, on a throw-away database."""

import json
from dataclasses import asdict
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser

from accounts.management.arguments import positive, whole
from accounts.management.command import OperatorCommand
from trading.bench.comeback import NotMeasured
from trading.bench.frames import measure
from trading.models import FlashTrade


class Command(OperatorCommand):
    help = (
        "Connect sockets, publish prices, and measure processor time a frame, delay and memory. Refused unless "
        "DJANGO_DEBUG is on and there are no trades yet. Exit codes: 0 measured, 1 refused or failed."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--sockets", type=positive, default=1000, help="that read (default 1000)")
        parser.add_argument("--stalled", type=whole(0), default=0, help="sockets that never read (default 0)")
        parser.add_argument("--processes", type=positive, default=1, help="of the server (default 1)")
        parser.add_argument("--rate", type=positive, default=10, help="frames a second to each socket (default 10)")
        parser.add_argument("--seconds", type=positive, default=10, help="of the measurement (default 10)")
        parser.add_argument("--port", type=positive, default=8765, help="of the server (default 8765)")
        parser.add_argument("--json", action="store_true", help="print the figures as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEBUG or FlashTrade.objects.exists():
            raise CommandError("bench_frames needs a throw-away database: use `make bench BENCH=bench_frames`")
        settings.DEBUG = False  # else Django keeps every statement in memory
        try:
            names = ("sockets", "stalled", "processes", "rate", "seconds", "port")
            found = measure(**{name: options[name] for name in names})
        except NotMeasured as error:
            raise CommandError(str(error)) from error
        if options["json"]:
            self.stdout.write(json.dumps(asdict(found)))
            return
        self.stdout.write(f"{found.sockets:,} sockets, {found.stalled:,} stalled, {found.processes} processes")
        share = found.delivered / found.expected
        self.stdout.write(f"  {found.delivered / found.seconds:,.0f} frames a second, {share:.1%} of the published")
        micros = f"{found.micros_a_frame:.1f} µs of processor time a frame"
        self.stdout.write(f"  {micros}, {found.micros_of_system:.1f} of it the system's")
        self.stdout.write(f"  delay p50 {found.p50:.0f} ms, p99 {found.p99:.0f} ms")
        self.stdout.write(f"  memory {found.megabytes_before:.0f} MB before, at most {found.megabytes_most:.0f} MB")
