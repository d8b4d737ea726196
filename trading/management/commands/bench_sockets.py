"""`make bench BENCH=bench_sockets`: thousands of sockets come back after a restart, on a throw-away database."""

import json
from dataclasses import asdict
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser

from accounts.management.arguments import positive
from accounts.management.command import OperatorCommand
from trading.bench.comeback import NotMeasured, Requests, measure
from trading.models import FlashTrade


class Command(OperatorCommand):
    help = (
        "Connect sockets as the page does, restart the server, and measure how long they take to come back and how "
        "requests fare meanwhile. Refused unless DJANGO_DEBUG is on and there are no trades yet. Exit codes: 0 "
        "measured, 1 refused or failed."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--sockets", type=positive, default=5000, help="sockets (default 5000)")
        parser.add_argument("--signed-in", type=positive, default=1000, help="of them with a session (default 1000)")
        parser.add_argument("--port", type=positive, default=8765, help="of the server (default 8765)")
        parser.add_argument("--apart", action="store_true", help="two processes for sockets, others for requests")
        parser.add_argument("--json", action="store_true", help="print the figures as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEBUG or FlashTrade.objects.exists():
            raise CommandError("bench_sockets needs a throw-away database: use `make bench BENCH=bench_sockets`")
        settings.DEBUG = False  # else Django keeps every statement in memory
        try:
            wanted = {name: options[name] for name in ("sockets", "signed_in", "port", "apart")}
            found = measure(**wanted)
        except NotMeasured as error:
            raise CommandError(str(error)) from error
        if options["json"]:
            self.stdout.write(json.dumps(asdict(found)))
            return
        self.stdout.write(f"{found.sockets:,} sockets, {found.signed_in:,} of them signed in, after a restart")
        self.stdout.write(f"  server answers after {found.start_seconds:.1f} s; then half are back after")
        self.stdout.write(f"  {found.half_seconds:.1f} s, all after {found.all_seconds:.1f} s ({found.losses} lost)")
        self.stdout.write(f"  {found.processor_seconds:.1f} s of processor time, {found.megabytes:.0f} MB at the end")
        parts = {"before": found.quiet, "coming back": found.meanwhile, "all there": found.afterwards}
        for when, requests in parts.items():
            self.stdout.write(f"  requests, {when:12}{_line(requests)}")


def _line(found: Requests) -> str:
    times = f"p50 {found.p50:.0f} ms, p99 {found.p99:.0f} ms, longest {found.longest:.0f} ms"
    return f"{times} ({found.count}, {found.failed} failed)"
