"""Brings a database up to date, in one process: loading Django several times would take longer than the work."""

import os
import sys

import django
import psycopg
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.db import OperationalError, connection

from accounts.database_errors import sqlstate_of
from cryptotrader.start.commands import (
    EXIT_DATABASE_AWAY,
    EXIT_TABLE_LOCKED,
    EXIT_UNKNOWN_MIGRATIONS,
    EXIT_WRONG_SETTING,
)
from monitoring.recovery.unknown_migrations import told, unknown_migrations

LOCK_TIMEOUT = "5s"
"""A migration that waits for a table holds up all who come after it: after so long it gives up."""
LOCK_NOT_AVAILABLE = "55P03"


def load() -> None:
    """Loads the platform. Exits with EXIT_WRONG_SETTING, and one line, when a variable has a wrong value."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cryptotrader.settings")
    try:
        django.setup()
    except ImproperlyConfigured as error:
        print(error)  # noqa: T201
        sys.exit(EXIT_WRONG_SETTING)


def bring_up_to_date() -> None:
    """Migrates the database of DATABASE_URL, which also grants each login its rights. Needs the owner's login.

    Exits with one line, and EXIT_UNKNOWN_MIGRATIONS when the database belongs to another version, EXIT_TABLE_LOCKED
    when a table stays locked, EXIT_DATABASE_AWAY when the database doesn't answer.
    """
    _connect()
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, false)", [LOCK_TIMEOUT])
    try:
        if unknown := unknown_migrations():
            print(told(unknown))  # noqa: T201
            sys.exit(EXIT_UNKNOWN_MIGRATIONS)
        call_command("migrate", interactive=False, verbosity=0)
    except OperationalError as error:
        if sqlstate_of(error) != LOCK_NOT_AVAILABLE:
            raise
        print(f"a table stayed locked for {LOCK_TIMEOUT}: the migration was given up. Try again")  # noqa: T201
        sys.exit(EXIT_TABLE_LOCKED)


def _connect() -> None:
    try:
        connection.ensure_connection()
    except OperationalError as error:
        print(f"the database doesn't answer: {_reason(error)}")  # noqa: T201
        sys.exit(EXIT_DATABASE_AWAY)


def _reason(error: Exception) -> str:
    """A pool only tells that it waited: a connection of its own is told why it is refused."""
    try:
        psycopg.connect(**connection.get_connection_params()).close()
    except psycopg.OperationalError as refused:
        error = refused
    return str(error).partition("\n")[0]


def furnish() -> None:
    """Makes the first instruments, and demo data in development. Twice is as good as once."""
    if settings.DEBUG:
        call_command("seed_demo")
    else:
        call_command("seed_instruments")
