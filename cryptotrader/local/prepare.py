"""Restores a backup if RESTORE names one, then runs migrations and makes demo data or static files, in one process.

Loading Django twice would take longer than these do.
"""

import os
import sys

from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection

from cryptotrader import env
from cryptotrader.local.run import EXIT_RESTORE_REFUSED
from cryptotrader.start.database import bring_up_to_date, load


def prepare() -> None:
    """Bring the database of DATABASE_URL up to date; with DJANGO_DEBUG make demo logins, else collect static files.

    Exits with one line, and EXIT_WRONG_SETTING when a variable has a wrong value, EXIT_UNKNOWN_MIGRATIONS when the
    database belongs to another version, or EXIT_RESTORE_REFUSED when RESTORE names a backup that can't be restored, or
    the database has data.
    """
    load()
    if backup := os.environ.get("RESTORE"):
        _restore(backup)
    bring_up_to_date()
    if settings.DEBUG:
        _seed(lively=bool(os.environ.get("DEMO")))
    else:
        call_command("collectstatic", interactive=False, verbosity=0)  # pages name their files by content
        print("No demo logins: DJANGO_DEBUG is off.")  # noqa: T201


def _restore(backup: str) -> None:
    has_data = bool(connection.introspection.table_names())
    connection.close()
    if has_data and not env.flag("RESTORE_REPLACE"):
        print("there is data already: leave out RESTORE, or add RESTORE_REPLACE=1, which keeps it beside")  # noqa: T201
        sys.exit(EXIT_RESTORE_REFUSED)
    try:
        call_command("restore", backup, interactive=False)
    except CommandError as error:
        print(error)  # noqa: T201
        sys.exit(EXIT_RESTORE_REFUSED)


def _seed(*, lively: bool) -> None:
    """Make the demo logins; `lively`, also a past, where none is in the way. The simulated feed has its past hour."""
    simulated = os.environ.get("FEED", "") in ("", "simulated")
    try:
        call_command("seed_demo", past_hour=simulated, **({"users": 50, "trades": 2000, "days": 3} if lively else {}))
    except CommandError as reason:
        print(f"No lively past: {reason}")  # noqa: T201
        call_command("seed_demo", past_hour=simulated)


if __name__ == "__main__":
    prepare()
