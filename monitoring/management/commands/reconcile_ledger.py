"""Proves that the ledger is right, from its transfers alone."""

import json
from dataclasses import asdict
from typing import Any

from django.core.management.base import CommandParser

from accounts.management.command import OperatorCommand
from monitoring.services.reconcile_ledger import Reconciliation, reconcile_ledger

EXIT_DISCREPANCY = 3


class Command(OperatorCommand):
    requires_system_checks: list[str] = []  # a fault in the pages must not stop the look at the books
    help = (
        "Prove the ledger from its transfers, at one moment and without stopping anything. Every balance and hold "
        "equals its transfers. Every hold equals the reserves of open stakes and withdrawals under way. Every book "
        "sums to zero. No wallet is negative. No transfer mixes books or connects the wrong accounts. Every trade has "
        "one opening and, once settled, one resolution and a payout if it won. Every deposit that is done has one "
        "credit. Every withdrawal ended as its state says. The liability that counts against the caps equals the "
        "possible gains of the open trades. Every trade has the payout, times, wallet and instrument that its terms "
        "say. Every transfer has its trade, deposit, withdrawal or request. Only reads; never repairs. "
        "Exit codes: 0 all right, 3 discrepancies found (listed on stdout), 4 the database doesn't answer."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print the report as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        report = reconcile_ledger()
        self._print(report, as_json=options["json"])
        if report.faults:
            raise SystemExit(EXIT_DISCREPANCY)

    def _print(self, report: Reconciliation, *, as_json: bool) -> None:
        if as_json:
            self.stdout.write(json.dumps(asdict(report)))
            return
        for fault in report.faults:
            self.stdout.write(f"{fault.check}: {fault.subject}: {fault.detail}")
        counts = f"{report.accounts} accounts, {report.transfers} transfers, {report.trades} trades"
        self.stdout.write(f"{counts}: {len(report.faults) or 'no'} discrepancies")
