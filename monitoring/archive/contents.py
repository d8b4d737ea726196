"""Reads the figures of a database that a manifest keeps, and that a restored database must show again."""

from collections.abc import Callable
from typing import Any

import psycopg
from psycopg import sql

from monitoring.domain.backups.manifest import ChainHead, Contents, LedgerTotal

ABOUT = "SELECT now(), current_database(), pg_database_size(current_database())"
TABLES = """
    SELECT relname FROM pg_class c
    WHERE relkind IN ('r', 'p') AND NOT relispartition AND relnamespace = 'public'::regnamespace
        AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')
    ORDER BY relname
"""
MIGRATIONS = "SELECT app, max(name) FROM django_migrations GROUP BY app ORDER BY app"
LEDGER = """
    SELECT kind, currency, demo, count(*), sum(balance), sum(held)
    FROM ledger_accounts GROUP BY kind, currency, demo ORDER BY kind, currency, demo
"""
CHAINS = """
    SELECT symbol, sequence, priced_at, digest
    FROM price_heads JOIN instruments i ON i.id = instrument_id ORDER BY symbol
"""


def read_contents(session: psycopg.Connection, go_on: Callable[[], None] = lambda: None) -> Contents:
    """Returns the figures of this session's database; inside a snapshot they are of one moment.

    It counts every row: minutes for hundreds of millions. It calls `go_on`, which may raise, before each table.
    Raises psycopg.Error.
    """
    session.execute("SET max_parallel_workers_per_gather = 0")  # one core is enough beside the dump
    taken_at, database, size_bytes = _rows(session, ABOUT)[0]
    return Contents(
        taken_at=taken_at,
        database=database,
        size_bytes=size_bytes,
        server_version=session.info.server_version,
        migrations=dict(_rows(session, MIGRATIONS)),
        rows={table: _count(session, table, go_on) for (table,) in _rows(session, TABLES)},
        ledger=tuple(LedgerTotal(*row) for row in _rows(session, LEDGER)),
        chains=tuple(ChainHead(*row) for row in _rows(session, CHAINS)),
    )


def _count(session: psycopg.Connection, table: str, go_on: Callable[[], None]) -> int:
    go_on()
    row = session.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier("public", table))).fetchone()
    assert row is not None  # noqa: S101
    return int(row[0])


def _rows(session: psycopg.Connection, query: str) -> list[tuple[Any, ...]]:
    return session.execute(query).fetchall()
