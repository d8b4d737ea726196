"""Settles all due trades from the shell: for an hour without worker or beat."""

import json
from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone

from accounts.management.command import OperatorCommand
from trading.management.interrupts import Interrupted, finishing_the_batch
from trading.management.symbols import refuse_unknown
from trading.selectors.clock import database_now
from trading.selectors.due import instruments_with_due_trades
from trading.services.settlement.settle_due_trades import settle_due_trades


class Command(OperatorCommand):
    help = (
        "Settle the trades that are due now, as the settler's worker does: entries, close orders and results, from "
        "the stored prices alone, so a late result is the same. Safe beside running workers and any number of times. "
        "It needs the settler's login (or the owner's): other logins may not decide trades. Prints a line for each "
        "instrument. SIGTERM ends it after the instrument under way. "
        "Exit codes: 0 done (also when nothing was due), 1 refused, 2 wrong usage, 4 the database doesn't answer."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("symbols", nargs="*", metavar="SYMBOL", help="instruments (default: all with due trades)")
        parser.add_argument(
            "--dry-run", action="store_true", help="name the instruments with due trades, change nothing"
        )
        parser.add_argument("--json", action="store_true", help="print the numbers as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        done: list[dict[str, object]] = []
        refuse_unknown(options["symbols"])
        with finishing_the_batch() as stop:
            self._settle(options, done, stop)
        if options["json"]:
            self.stdout.write(json.dumps({"dry_run": options["dry_run"], "instruments": done}))
            return
        for each in done:
            told = "due" if options["dry_run"] else f"{each['entered']} entered, {each['settled']} settled"
            self.stdout.write(f"{each['instrument']:12} {told}")
        if not done:
            self.stdout.write("nothing is due")

    def _settle(self, options: dict[str, Any], done: list[dict[str, object]], stop: Interrupted) -> None:
        # The earlier of two clocks: one that is ahead would end the grace of trades too early.
        now = min(timezone.now(), database_now())
        for symbol in instruments_with_due_trades(now, among=options["symbols"] or None):
            if stop.asked:
                self.stderr.write("stopped before the other instruments")
                return
            if options["dry_run"]:
                done.append({"instrument": symbol})
                continue
            settled = settle_due_trades(instrument=symbol, now=now)
            done.append({"instrument": symbol, "entered": settled.entered, "settled": settled.settled})
