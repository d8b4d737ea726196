"""Checks a settlement again, on the server (rule 11). Traders have static/verify/verify_trade.py."""

import json
from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone

from accounts.domain.errors import Refusal
from accounts.management.command import OperatorCommand
from trading.domain.proof.documents import read_receipts
from trading.domain.proof.proof import ProofUnreadable
from trading.domain.proof.receipt_verification import Given
from trading.domain.proof.report import Report
from trading.services.proof.replay_trade import GivenReceipts, replay_proof, replay_trade

EXIT_FAILURE, EXIT_DISCREPANCY = 1, 3


class Command(OperatorCommand):
    help = (
        "Decide a settled trade again, from the stored prices (by its id) or from a saved proof (by its file): index "
        "prices from venue inputs, hashes, chain, daily digests, entry, exit, outcome, payout, receipts, and the "
        "signature of a file. Exit codes: 0 all agrees, 1 it can't be checked (unknown, not settled, unreadable), "
        "2 wrong arguments, 3 something disagrees, 4 the database doesn't answer."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("trade", metavar="ID|FILE", help="a trade's id, or a saved proof")
        more: dict[str, Any] = {"action": "append", "metavar": "FILE", "default": []}
        parser.add_argument("--receipts", **more, help="all receipts of the wallet: saved answers of /api/v1/receipts")
        parser.add_argument("--kept", **more, help="receipts that their holder has kept, one a line")
        parser.add_argument("--json", action="store_true", help="print the report as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            report = _report(options["trade"], options["receipts"], options["kept"])
        except Refusal as refusal:
            raise CommandError(f"{refusal.code}: {refusal.title}", returncode=EXIT_FAILURE) from refusal
        except (ProofUnreadable, OSError, UnicodeDecodeError) as error:
            raise CommandError(f"can't be checked: {error}", returncode=EXIT_FAILURE) from error
        self._print(report, options["json"])
        if report.faults:
            raise CommandError("something disagrees", returncode=EXIT_DISCREPANCY)

    def _print(self, report: Report, as_json: bool) -> None:
        if as_json:
            faults = [{"code": code, "detail": detail} for code, detail in report.faults]
            self.stdout.write(json.dumps({"agrees": not faults, "faults": faults, "notes": report.notes}))
            return
        for code, detail in report.faults:
            self.stdout.write(_printable(f"DISAGREES ({code}): {detail}"))
        for note in report.notes:
            self.stdout.write(_printable(f"Note: {note}"))
        if not report.faults:
            self.stdout.write("All agrees")


def _printable(text: str) -> str:
    """A proof's text must not move the cursor, nor look like a line of this command."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def _report(named: str, chain: list[str], kept: list[str]) -> Report:
    receipts = GivenReceipts(_receipts(chain) if chain else None, _receipts(kept))
    if kept and not receipts.kept:
        raise ProofUnreadable("no receipts are in the files that were kept")
    try:
        trade_id = UUID(named)
    except ValueError:
        return replay_proof(text=Path(named).read_text(encoding="utf-8-sig"), receipts=receipts)
    return replay_trade(trade_id=trade_id, now=timezone.now(), receipts=receipts)


def _receipts(files: list[str]) -> list[Given]:
    return [given for file in files for given in read_receipts(Path(file).read_text(encoding="utf-8-sig"))]
