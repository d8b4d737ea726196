"""The right to publish an instrument: one process in the world has it, whatever dies."""

from collections.abc import Iterable
from typing import cast

from django.db import connection
from django.db.backends.postgresql.base import DatabaseWrapper

NAMESPACE = 0x46454544
"""The first key of these advisory locks ("FEED"); the second is the instrument's id."""

SESSION_SETTINGS = {
    # A publisher that is stopped in its tracks, or whose host is gone, loses its session and with it the right.
    "idle_session_timeout": "4s",
    "idle_in_transaction_session_timeout": "4s",
    "tcp_user_timeout": "4s",
    "tcp_keepalives_idle": "2",
    "tcp_keepalives_interval": "1",
    "tcp_keepalives_count": "2",
}
"""All of them the server's: it must notice within seconds, the client may not be there to do so."""


class PublishingLock:
    """PostgreSQL session locks on the very connection that records: whoever loses the connection loses the right.

    Django would open another connection in silence; so a right is good only until the session under it changes.
    The session is ended by the server when it is silent for 4 s: call `take` every second.
    """

    def __init__(self) -> None:
        self._session: object | None = None
        self._held: frozenset[int] = frozenset()

    def take(self, instrument_ids: Iterable[int]) -> frozenset[int]:
        """Try for the locks of these instruments and return which of them are held; never waits for one.

        Raises django.db.Error when the database doesn't answer: call `drop` then.
        """
        wanted = frozenset(instrument_ids)
        if not self.intact:
            self._begin()
        query = "SELECT id FROM unnest(%s::int[]) AS wanted(id) WHERE pg_try_advisory_lock(%s, id)"
        with connection.cursor() as cursor:
            # Those held already aren't asked for again: a second lock would need a second unlock.
            cursor.execute(query, [sorted(wanted - self._held), NAMESPACE])
            self._held |= {row[0] for row in cursor.fetchall()}
        return self._held & wanted

    @property
    def intact(self) -> bool:
        """Whether the connection is still the one that the locks were taken on."""
        return self._session is not None and connection.connection is self._session

    def drop(self) -> None:
        """End the session and all its locks; the next `take` starts with a new one."""
        session, self._session, self._held = connection.connection, None, frozenset()
        if session is not None:
            session.close()  # else the pool would keep it, locks and all
        connection.close()
        # A pool that met a dead database waits longer and longer before it tries again; a new one tries at once.
        cast(DatabaseWrapper, connection).close_pool()

    def _begin(self) -> None:
        self.drop()
        with connection.cursor() as cursor:
            for name, value in SESSION_SETTINGS.items():
                cursor.execute("SELECT set_config(%s, %s, false)", [name, value])
        self._session = connection.connection
