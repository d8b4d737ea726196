"""Runs migrations, then demo data, in one process: loading Django twice would take longer than both."""

import os
import sys

import django
from django.conf import settings
from django.core.management import CommandError, call_command

from cryptotrader.local.run import EXIT_UNKNOWN_MIGRATIONS
from cryptotrader.unknown_migrations import told, unknown_migrations


def prepare() -> None:
    """Bring the database of DATABASE_URL up to date, and print the demo logins where there are any.

    Exits with EXIT_UNKNOWN_MIGRATIONS, and one line, when the database belongs to another version.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cryptotrader.settings")
    django.setup()
    if unknown := unknown_migrations():
        print(told(unknown))  # noqa: T201
        sys.exit(EXIT_UNKNOWN_MIGRATIONS)
    call_command("migrate", interactive=False, verbosity=0)
    if settings.DEBUG:
        _seed(lively=bool(os.environ.get("DEMO")))
    else:
        print("No demo logins: DJANGO_DEBUG is off.")  # noqa: T201


def _seed(*, lively: bool) -> None:
    """Make the demo logins; `lively`, also a past, where none is in the way."""
    try:
        call_command("seed_demo", **({"users": 50, "trades": 2000, "days": 3} if lively else {}))
    except CommandError as reason:
        print(f"No lively past: {reason}")  # noqa: T201
        call_command("seed_demo")


if __name__ == "__main__":
    prepare()
