"""Creates demo data for one machine: instruments, two traders, three members of staff."""

import json
from contextlib import suppress
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from accounts.domain.errors import EmailTaken
from accounts.services.access.vouch_for_email import vouch_for_email
from accounts.services.people.register_staff import register_staff
from accounts.services.people.register_trader import register_trader
from trading.services.instruments.seed_instruments import seed_instruments

TRADERS = {"alice@example.com": "en", "bora@example.com": "ko"}
STAFF = ("staff@example.com", "second@example.com", "third@example.com")
"""Three, because another member must approve a request, and two others the void of a settled trade."""

PASSWORD = "flash-trade-demo"


class Command(BaseCommand):
    help = (
        "Make the demo instruments, two demo traders (10,000 USDT of demo money each) and three members of staff, "
        "and print how to log in. Running it again changes nothing. Refused unless DJANGO_DEBUG is on, because "
        "these passwords are public. Exit codes: 0 done, 1 refused."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print the logins as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEBUG:
            raise CommandError("demo logins are only for development: DJANGO_DEBUG is off")
        now = timezone.now()
        seed_instruments()
        for email, locale in TRADERS.items():
            with suppress(EmailTaken):
                register_trader(email=email, password=PASSWORD, locale=locale, now=now)
        for email in STAFF:
            register_staff(email=email, password=PASSWORD, now=now)
        for email in (*TRADERS, *STAFF):
            vouch_for_email(email=email)
        self._print(bool(options["json"]))

    def _print(self, as_json: bool) -> None:
        logins = [
            *({"role": "trader", "email": email, "password": PASSWORD, "page": "/"} for email in TRADERS),
            *({"role": "staff", "email": email, "password": PASSWORD, "page": "/admin/"} for email in STAFF),
        ]
        if as_json:
            self.stdout.write(json.dumps({"logins": logins}))
            return
        for login in logins:
            self.stdout.write("{role:7} {email:20} {password:18} {page}".format(**login))
