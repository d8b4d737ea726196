"""Publishes the daily digests from the shell."""

import json
from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone

from accounts.management.arguments import positive
from accounts.management.command import OperatorCommand
from trading.services.proof.publish_digests import publish_digests
from trading.wire import digests as wire_digests


class Command(OperatorCommand):
    help = (
        "Publish the digest of each past UTC day that isn't published yet, of every instrument, the earliest "
        "first. The beat does it every five minutes; running it twice changes nothing. Prints a line for each. "
        "Exit codes: 0 done, 1 refused, 2 wrong usage, 4 the database doesn't answer."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--limit", type=positive, help="the most days of each instrument")
        parser.add_argument("--json", action="store_true", help="print them in the form of the API")

    def handle(self, *args: Any, **options: Any) -> None:
        published = publish_digests(now=timezone.now(), days_max=options["limit"])
        if options["json"]:
            self.stdout.write(json.dumps([wire_digests.daily_digest(digest) for digest in published]))
            return
        for digest in published:
            self.stdout.write(f"{digest.day} {digest.instrument.symbol:12} {digest.count:6} {digest.digest}")
