"""Creates an API key from the shell: for the operator's own bots, and to test a new installation."""

import json
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone

from accounts.domain.access.api_keys import key_terms
from accounts.domain.access.key_limits import KeyLimits
from accounts.domain.access.scopes import Scope
from accounts.domain.errors import InvalidInput, Refusal
from accounts.domain.notation import parse_decimal, parse_instant, parse_whole
from accounts.management.arguments import EXIT_USAGE
from accounts.management.command import EXIT_REFUSED, OperatorCommand
from accounts.selectors.access.logins import id_of_email
from accounts.services.access.keys.make_api_key import make_api_key
from accounts.wire import access as wire_access


class Command(OperatorCommand):
    help = (
        "Create an API key for a user and print its secret on stdout, only this once. It asks for no second factor, "
        "because a person with this shell has the database anyway. A key that may withdraw still needs an owner with a "
        "second factor. "
        "Exit codes: 0 made, 1 refused (with the reason on stderr), 2 wrong arguments, 4 the database doesn't answer."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email", help="the owner's email")
        parser.add_argument("--name", required=True, help="the key's purpose, 1 to 60 characters")
        parser.add_argument(
            "--scope",
            action="append",
            required=True,
            choices=[scope.value for scope in Scope],
            help="repeatable",
        )
        parser.add_argument("--network", action="append", default=[], help="address or CIDR; repeatable")
        parser.add_argument("--expires", metavar="TIME", help="ISO-8601 with a zone: 2027-01-31T00:00:00Z")
        parser.add_argument("--stake-max", metavar="AMOUNT", help="its largest stake")
        parser.add_argument("--stake-a-day", metavar="AMOUNT", help="its stakes of a UTC day, in each wallet")
        parser.add_argument("--open-trades-max", metavar="NUMBER", help="its trades at a time")
        parser.add_argument("--hmac", action="store_true", help="the key signs requests instead of sending its secret")
        parser.add_argument("--json", action="store_true", help="print the key in the form of the API, with its secret")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            self._make(options)
        except InvalidInput as refusal:
            faults = "; ".join(f"{fault.field}: {fault.message}" for fault in refusal.fields)
            raise CommandError(faults, returncode=EXIT_USAGE) from refusal
        except Refusal as refusal:
            raise CommandError(f"{refusal.code}: {refusal.title}", returncode=EXIT_REFUSED) from refusal

    def _make(self, options: dict[str, Any]) -> None:
        now = timezone.now()
        expires_at = parse_instant(options["expires"]) if options["expires"] else None
        if options["expires"] and expires_at is None:
            raise CommandError("--expires: ISO-8601 with a zone is wanted", returncode=EXIT_USAGE)
        terms = key_terms(
            name=options["name"],
            scopes=options["scope"],
            networks=options["network"],
            expires_at=expires_at,
            signs=options["hmac"],
            now=now,
            limits=_limits(options),
        )
        user_id = id_of_email(options["email"])
        if user_id is None:
            raise CommandError(f"nobody has the email {options['email']}", returncode=EXIT_REFUSED)
        made = make_api_key(user_id=user_id, terms=terms, now=now)
        if options["json"]:
            self.stdout.write(json.dumps(wire_access.api_key(made.key) | {"secret": made.secret}))
            return
        if made.key.signs:
            self.stdout.write(f"X-Api-Key: {made.key.prefix}")
        self.stdout.write(made.secret)
        self.stderr.write("Keep the secret: it is not shown again.")


def _limits(options: dict[str, Any]) -> KeyLimits:
    readers = {"stake_max": parse_decimal, "stake_a_day": parse_decimal, "open_trades_max": parse_whole}
    found: dict[str, Any] = {name: options[name] and read(options[name]) for name, read in readers.items()}
    for name, value in found.items():
        if options[name] is not None and not value:
            raise CommandError(f"--{name.replace('_', '-')}: a number above 0 is wanted", returncode=EXIT_USAGE)
    return KeyLimits(**found)
