"""`manage.py load_people`: the people of a load test."""

import csv
import secrets
from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone

from accounts.management.arguments import whole
from accounts.management.command import OperatorCommand
from accounts.services.people.register_trader import register_trader

MOST = 10_000


class Command(OperatorCommand):
    help = (
        "Make people for a load test, each with a verified address that no mail reaches (…@load.invalid), a password "
        "that only this output has, and the demo money of a newcomer. They are ordinary traders of the demo book, so "
        "a production site can be tested too; close their accounts afterwards in the staff site (search for "
        "load.invalid). Prints email,password lines for deploy/load/artillery.yml. Exit codes: 0 done, 1 refused, "
        "2 a wrong argument, 4 the database doesn't answer."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--count", type=whole(1, MOST), default=200, help=f"how many, 1 to {MOST} (200)")

    def handle(self, *args: Any, **options: Any) -> None:
        count = options["count"]
        writer = csv.writer(self.stdout)
        run, password = secrets.token_hex(4), secrets.token_urlsafe(18)
        for number in range(count):
            email = f"load-{run}-{number}@load.invalid"
            register_trader(email=email, password=password, locale="en", now=timezone.now(), verified=True)
            writer.writerow((email, password))
