"""Sessions of a backup's own at the database, outside the pool: a lock and a snapshot last as long as theirs."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress

import psycopg
from django.db import connection
from psycopg import sql

from monitoring.selectors.backups import LOCK

WITHOUT_END = ("statement_timeout", "idle_in_transaction_session_timeout", "idle_session_timeout")


class AlreadyRuns(Exception):
    """Another process makes a backup of this database, or made one that has the same name."""


@contextmanager
def own_session() -> Iterator[psycopg.Connection]:
    """Open a session with this process's login that no time bound ends. Raises psycopg.OperationalError."""
    with psycopg.connect(**connection.get_connection_params(), autocommit=True) as session:
        for name in WITHOUT_END:
            session.execute(sql.SQL("SET {} = 0").format(sql.Identifier(name)))
        yield session


@contextmanager
def only_one() -> Iterator[None]:
    """Hold the right to make a backup of this database. Raises AlreadyRuns, and psycopg.OperationalError."""
    with own_session() as session:
        row = session.execute("SELECT pg_try_advisory_lock(%s, %s)", LOCK).fetchone()
        if row != (True,):
            raise AlreadyRuns("a backup is being made already")
        try:
            yield
        finally:
            with suppress(psycopg.Error):  # the server lets the lock go with the session, but a moment later
                session.execute("SELECT pg_advisory_unlock(%s, %s)", LOCK)


@contextmanager
def snapshot() -> Iterator[tuple[psycopg.Connection, str]]:
    """Open a session that sees one moment of the database, and yield it with the snapshot's name for `pg_dump`."""
    with own_session() as session:
        session.isolation_level, session.read_only = psycopg.IsolationLevel.REPEATABLE_READ, True
        with session.transaction():
            row = session.execute("SELECT pg_export_snapshot()").fetchone()
            assert row is not None  # noqa: S101
            yield session, row[0]
