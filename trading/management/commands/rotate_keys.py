"""Replaces the key that signs proofs."""

import json
from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone

from accounts.management.command import OperatorCommand
from trading.services.proof.rotate_keys import rotate_keys


class Command(OperatorCommand):
    help = (
        "Retire the key that signs proofs, forget its private half and make another. The public half stays published "
        "at /.well-known/jwks.json: its proofs stay valid for ever. Prints the new key's id. "
        "Exit codes: 0 done, 1 refused, 4 the database doesn't answer."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print it as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        kid = rotate_keys(now=timezone.now())
        self.stdout.write(json.dumps({"kid": kid}) if options["json"] else kid)
