"""Trades that a program writes past all services, for the tests of the database's guards."""

from django.db import connection

from accounts.tests.guards import run_sql
from trading.models import FlashTrade


def bear(changes: dict[str, str]) -> None:
    """Copies the one trade by SQL, with these columns changed."""
    names = [field.attname for field in FlashTrade._meta.concrete_fields]
    born = {"id": "gen_random_uuid()", "idempotency_key": "gen_random_uuid()"} | changes
    values = ", ".join(born.get(name, name) for name in names)
    run_sql(f"INSERT INTO flash_trades ({', '.join(names)}) SELECT {values} FROM flash_trades LIMIT 1")


def drop_checks() -> None:
    """Drops the CHECKs of trades until the transaction of the test is rolled back, as only their owner can."""
    checks = "SELECT conname FROM pg_constraint WHERE conrelid = 'flash_trades'::regclass AND contype = 'c'"
    with connection.cursor() as cursor:
        cursor.execute(checks)
        for (name,) in cursor.fetchall():
            cursor.execute(f"ALTER TABLE flash_trades DROP CONSTRAINT {name}")
