"""Runs migrations, then demo data, in one process: loading Django twice would take longer than both."""

from django.conf import settings
from django.core.management import call_command

from cryptotrader.start.database import bring_up_to_date


def prepare() -> None:
    """Bring the database of DATABASE_URL up to date, and print the demo logins where there are any.

    Exits with EXIT_UNKNOWN_MIGRATIONS, and one line, when the database belongs to another version.
    """
    bring_up_to_date()
    if settings.DEBUG:
        call_command("seed_demo")
    else:
        print("No demo logins: DJANGO_DEBUG is off.")  # noqa: T201


if __name__ == "__main__":
    prepare()
