"""Trades that a program writes past all services, for the tests of the database's guards."""

from accounts.tests.guards import run_sql
from trading.models import FlashTrade


def bear(changes: dict[str, str]) -> None:
    """Copies the one trade by SQL, with these columns changed."""
    names = [field.attname for field in FlashTrade._meta.concrete_fields]
    born = {"id": "gen_random_uuid()", "idempotency_key": "gen_random_uuid()"} | changes
    values = ", ".join(born.get(name, name) for name in names)
    run_sql(f"INSERT INTO flash_trades ({', '.join(names)}) SELECT {values} FROM flash_trades LIMIT 1")
