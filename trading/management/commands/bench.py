"""`make bench`: measures on a throw-away database, and prints ratios within the run."""

import json
import signal
import sys
from collections.abc import Iterable
from dataclasses import asdict
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser
from django.utils import timezone

from accounts.management.arguments import positive
from accounts.management.command import OperatorCommand
from trading.bench.lag import LagNotMeasured, measure_lag
from trading.bench.report import lag_lines, settlement_lines, sniping_lines
from trading.bench.settlement import Measured, measure
from trading.bench.sniping import Figures, snipe
from trading.bench.tape import recorded, sewn, simulated
from trading.feeds.recording import NotARecording
from trading.models import FlashTrade

PARTS = ("sniping", "settlement", "lag")


class Command(OperatorCommand):
    help = (
        "Measure the promises of the rules and the engine. sniping: the gain of a bot that sees the market 0.5 and 1 s "
        "before the server, by our rules and at the displayed price, on the recording (REPLAY_FILE, or the only one in "
        "MARKET_DATA_DIR), on one sewn of its pieces, and on the simulated market. settlement: so many trades due at "
        "one second, settled after that second's price is recorded, beside a bare set-based SQL statement on "
        "the same rows. lag: the time from the price of its expiry second to a trade's settlement, with a real feed, "
        "worker and beat. Fills the database with made-up people and trades, so it is refused unless DJANGO_DEBUG is "
        "on and there are no trades yet: use `make bench`. Absolute figures depend on the machine and swing; the "
        "ratios within a run hold. Exit codes: 0 measured, 1 refused or failed."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(PARTS)}; all unless named")
        parser.add_argument(
            "--trades", type=positive, nargs="+", default=[10_000, 100_000], help="trades due at once (10000 100000)"
        )
        parser.add_argument("--wallets", type=positive, default=1_000, help="wallets that share them (1000)")
        parser.add_argument("--runs", type=positive, default=3, help="runs of the settlement (3)")
        parser.add_argument("--rate", type=positive, default=100, help="orders a second for the lag (100)")
        parser.add_argument("--seconds", type=positive, default=60, help="duration of the orders (60)")
        parser.add_argument("--orders", type=positive, default=10_000, help="orders of the sniping bot (10000)")
        parser.add_argument(
            "--minutes", type=positive, default=120, help="minutes of sewn and of simulated market for the bot (120)"
        )
        parser.add_argument("--json", action="store_true", help="print the figures as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEBUG or FlashTrade.objects.exists():
            raise CommandError("bench needs a throw-away database: use `make bench`")
        unknown = set(options["parts"]) - set(PARTS)
        if unknown:
            raise CommandError(f"unknown: {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}")
        settings.DEBUG = False  # else Django keeps every statement in memory
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # an exit ends the processes that were started
        measured = {part: getattr(self, f"_{part}")(options) for part in options["parts"] or PARTS}
        if options["json"]:
            self.stdout.write(json.dumps(measured))

    def _tell(self, lines: Iterable[str], options: dict[str, Any]) -> None:
        if not options["json"]:
            for line in lines:
                self.stdout.write(line)
            self.stdout.write("")
            self.stdout.flush()

    def _sniping(self, options: dict[str, Any]) -> list[dict[str, Any]]:
        try:
            tape = recorded()
        except NotARecording as error:
            raise CommandError(str(error)) from error
        if tape is None:
            self.stderr.write(
                "sniping: no recording (REPLAY_FILE, MARKET_DATA_DIR): only the simulated market is tried"
            )
        seconds = options["minutes"] * 60
        tapes = [tape, sewn(tape, seconds), simulated(seconds)] if tape else [simulated(seconds)]
        figures: list[Figures] = [each for tape in tapes for each in snipe(tape, orders=options["orders"])]
        self._tell(sniping_lines(figures), options)
        return [asdict(each) for each in figures]

    def _settlement(self, options: dict[str, Any]) -> list[dict[str, Any]]:
        at = timezone.now().replace(microsecond=0) - timedelta(hours=4)
        found: list[Measured] = []
        for trades in options["trades"]:
            runs = []
            for run in range(options["runs"]):
                at += timedelta(minutes=5)
                runs.append(measure(trades=trades, wallets=options["wallets"], now=at))
                self.stderr.write(f"{trades:,} trades: run {run + 1} of {options['runs']} done")
            self._tell(settlement_lines(runs), options)
            found += runs
        return [asdict(run) | {"ratio": run.ratio} for run in found]

    def _lag(self, options: dict[str, Any]) -> dict[str, Any]:
        try:
            lag = measure_lag(rate=options["rate"], seconds=options["seconds"], wallets=options["wallets"])
        except LagNotMeasured as error:
            raise CommandError(f"lag: {error}") from error
        self._tell(lag_lines(lag), options)
        return asdict(lag)
