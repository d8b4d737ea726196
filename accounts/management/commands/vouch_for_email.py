"""Verifies an email on the operator's word, for a person whose mail never arrived."""

from typing import Any

from django.core.management.base import CommandError, CommandParser

from accounts.domain.errors import NotFound
from accounts.management.command import OperatorCommand
from accounts.services.access.vouch_for_email import vouch_for_email


class Command(OperatorCommand):
    help = (
        "Mark a user's email as verified, on your word. Running it again changes nothing. "
        "Exit codes: 0 done, 1 nobody has this email, 2 wrong usage, 4 the database doesn't answer."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            user = vouch_for_email(email=options["email"])
        except NotFound as refusal:
            raise CommandError(refusal.detail) from refusal
        self.stdout.write(f"{user.email} is verified")
