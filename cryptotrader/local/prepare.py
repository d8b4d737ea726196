"""Runs migrations, then demo data, in one process: loading Django twice would take longer than both."""

import os

import django
from django.conf import settings
from django.core.management import call_command


def prepare() -> None:
    """Bring the database of DATABASE_URL up to date, and print the demo logins where there are any."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cryptotrader.settings")
    django.setup()
    call_command("migrate", interactive=False, verbosity=0)
    if settings.DEBUG:
        call_command("seed_demo")
    else:
        print("No demo logins: DJANGO_DEBUG is off.")  # noqa: T201


if __name__ == "__main__":
    prepare()
