"""Opens, closes or pauses instruments from the shell."""

import json
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone

from accounts.domain.errors import InvalidInput
from accounts.management.command import OperatorCommand
from trading.domain.errors import UnknownInstrument
from trading.domain.terms import Status
from trading.services.instruments.set_instrument_status import set_instrument_status


class Command(OperatorCommand):
    help = (
        "Set the status of instruments. open: everything; close_only: no new trades, those under way can be "
        "closed early; paused: neither; retired: neither, and no list shows it. Trades under way settle in any "
        "status. When the command has ended, no order that the status forbids is taken. The pages of traders "
        "change at once, and show the reason. Exit codes: 0 done (also when nothing changed), 1 refused, 2 usage, "
        "4 the database doesn't answer."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("symbols", nargs="+", metavar="SYMBOL")
        parser.add_argument("status", choices=list(Status), metavar="STATUS", help=", ".join(Status))
        parser.add_argument("--reason", help="the reason that traders read; only opening needs none")
        parser.add_argument("--reason-ko", help="the same in Korean, for those who read it")
        parser.add_argument("--json", action="store_true", help="print the changes as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        status = Status(options["status"])
        try:
            changed = set_instrument_status(
                symbols=options["symbols"],
                status=status,
                reason=options["reason"] or "",
                reason_ko=options["reason_ko"] or "",
                clock=timezone.now,
            )
        except UnknownInstrument as refusal:
            raise CommandError(f"there is no such instrument: {refusal.detail}") from refusal
        except InvalidInput as refusal:
            raise CommandError("; ".join(f"--{each.field}: {each.message}" for each in refusal.fields)) from refusal
        if options["json"]:
            self.stdout.write(json.dumps({"status": status, "changed": changed}))
        else:
            self.stdout.write(f"{status}: {', '.join(changed) or 'nothing changed'}")
