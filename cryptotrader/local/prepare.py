"""Runs migrations, then demo data, in one process: loading Django twice would take longer than both."""

import os
import sys

import django
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command

from cryptotrader.local.run import EXIT_UNKNOWN_MIGRATIONS, EXIT_WRONG_SETTING
from cryptotrader.unknown_migrations import told, unknown_migrations


def prepare() -> None:
    """Bring the database of DATABASE_URL up to date, and print the demo logins where there are any.

    Exits with one line, and EXIT_WRONG_SETTING when a variable has a wrong value, or EXIT_UNKNOWN_MIGRATIONS when the
    database belongs to another version.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cryptotrader.settings")
    try:
        django.setup()
    except ImproperlyConfigured as error:
        print(error)  # noqa: T201
        sys.exit(EXIT_WRONG_SETTING)
    if unknown := unknown_migrations():
        print(told(unknown))  # noqa: T201
        sys.exit(EXIT_UNKNOWN_MIGRATIONS)
    call_command("migrate", interactive=False, verbosity=0)
    if settings.DEBUG:
        call_command("seed_demo")
    else:
        print("No demo logins: DJANGO_DEBUG is off.")  # noqa: T201


if __name__ == "__main__":
    prepare()
