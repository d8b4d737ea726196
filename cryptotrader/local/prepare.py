"""Migrations, then demo data, in one process: loading Django twice would take longer than both."""

import os

import django
from django.core.management import call_command


def prepare() -> None:
    """Bring the database of DATABASE_URL up to date, and print the demo logins."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cryptotrader.settings")
    django.setup()
    call_command("migrate", interactive=False, verbosity=0)
    call_command("seed_demo")


if __name__ == "__main__":
    prepare()
