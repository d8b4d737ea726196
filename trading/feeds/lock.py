"""The right to publish an instrument: at most one process has it, also after crashes."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import cast

from django.db import connection
from django.db.backends.postgresql.base import DatabaseWrapper

from trading.models import IndexPrice

NAMESPACE = 0x46454544
"""The first key of these advisory locks ("FEED"); the second is the instrument's id."""

SERVER_SETTINGS = {
    # A publisher that is frozen, or whose host is gone, loses its session and with it the right.
    "idle_session_timeout": "3s",
    "idle_in_transaction_session_timeout": "3s",
    "tcp_user_timeout": "3s",
    "tcp_keepalives_idle": "2",
    "tcp_keepalives_interval": "1",
    "tcp_keepalives_count": "2",
}
"""The server drops a dead publisher within seconds."""

CLIENT_OPTIONS = {
    "connect_timeout": 2,
    "tcp_user_timeout": 3000,
    "keepalives_idle": 2,
    "keepalives_interval": 1,
    "keepalives_count": 2,
}
"""A publisher drops a dead server within seconds."""


def may_record() -> bool:
    """Whether this login may record prices. Without that right, it would only keep the lock from those who have it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT has_table_privilege(%s, 'INSERT')", [IndexPrice._meta.db_table])
        return bool(cursor.fetchone()[0])


@contextmanager
def own_connection() -> Iterator[None]:
    """Take this process's database connection out of the pool while the block runs, and end it afterwards.

    A pool would keep a closed session together with its locks, and after a failure would wait longer and longer.
    """
    database = cast(DatabaseWrapper, connection)
    before = database.settings_dict["OPTIONS"]
    database.close()
    database.close_pool()
    database.settings_dict["OPTIONS"] = {k: v for k, v in before.items() if k != "pool"} | CLIENT_OPTIONS
    try:
        yield
    finally:
        database.close()
        database.settings_dict["OPTIONS"] = before


class PublishingLock:
    """PostgreSQL session locks on the connection that records: a process that loses the connection loses the right.

    Django would silently open another connection, so a right is good only until the session under it changes. The
    server ends the session when it is silent for 3 s: call `take` every second, within `own_connection`.
    """

    def __init__(self) -> None:
        self._session: object | None = None
        self._held: frozenset[int] = frozenset()

    def take(self, instrument_ids: Iterable[int]) -> frozenset[int]:
        """Try for the locks of these instruments and return those that are held; never waits for a lock.

        Raises django.db.Error when the database doesn't answer: call `drop` then.
        """
        wanted = frozenset(instrument_ids)
        if not self.intact:
            self._begin()
        query = "SELECT id FROM unnest(%s::int[]) AS wanted(id) WHERE pg_try_advisory_lock(%s, id)"
        with connection.cursor() as cursor:
            # Don't ask again for the locks held already: PostgreSQL would count each of them up for ever.
            cursor.execute(query, [sorted(wanted - self._held), NAMESPACE])
            self._held |= {row[0] for row in cursor.fetchall()}
        return self._held & wanted

    @property
    def intact(self) -> bool:
        """Whether the connection is still the one that holds the locks."""
        return self._session is not None and connection.connection is self._session

    @property
    def alive(self) -> bool:
        """Whether that connection still works, as far as its own side knows."""
        return self.intact and not connection.connection.closed

    def drop(self) -> None:
        """End the session and all its locks; the next `take` starts with a new one."""
        self._session, self._held = None, frozenset()
        connection.close()

    def _begin(self) -> None:
        self.drop()
        with connection.cursor() as cursor:
            for name, value in SERVER_SETTINGS.items():
                cursor.execute("SELECT set_config(%s, %s, false)", [name, value])
        self._session = connection.connection
