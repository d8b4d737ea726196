"""Makes the person with whom `deploy/bin/ct smoke` tries a running site."""

import json
from contextlib import suppress
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone
from django.utils.crypto import salted_hmac

from accounts.domain.errors import EmailTaken, InvalidInput
from accounts.management.arguments import EXIT_USAGE
from accounts.management.command import OperatorCommand
from accounts.services.people.register_trader import register_trader
from accounts.site import domain


class Command(OperatorCommand):
    help = (
        "Make a person with demo money for tests of this site, and print the email and the password. The password "
        "follows from SECRET_KEY and the email, so running it again makes nothing and prints the same. "
        "Exit codes: 0 done, 1 refused, 2 not an email, 4 the database doesn't answer."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--email", help="default: probe@ and the host of SITE_URL, so that its mails stay yours")
        parser.add_argument("--json", action="store_true", help="print both as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        email = options["email"] or f"probe@{domain() or 'localhost'}"
        password = salted_hmac("accounts.make_probe", email, algorithm="sha256").hexdigest()
        try:
            with suppress(EmailTaken):
                register_trader(email=email, password=password, locale="en", now=timezone.now(), verified=True)
        except InvalidInput as refusal:
            raise CommandError(f"--email: {refusal.fields[0].message}", returncode=EXIT_USAGE) from refusal
        made = {"email": email, "password": password}
        self.stdout.write(json.dumps(made) if options["json"] else f"{email} {password}")
