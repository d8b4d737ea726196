"""Another process's database session, for tests of two publishers."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from django.db import connection

from accounts.tests.patience import PATIENCE_SECONDS
from trading.feeds.lock import NAMESPACE


class Stranger:
    """Another process's session."""

    def __init__(self, session: "psycopg.Connection[tuple[object, ...]]") -> None:
        self.session = session

    def takes(self, instrument_id: int) -> bool:
        """Try for an instrument's lock, like another publisher."""
        row = self.session.execute("SELECT pg_try_advisory_lock(%s, %s)", [NAMESPACE, instrument_id]).fetchone()
        return row == (True,)

    def gets(self, instrument_id: int) -> bool:
        """Wait for an instrument's lock: the server takes a moment to notice that a session is gone."""
        self.session.execute(f"SET lock_timeout = '{PATIENCE_SECONDS}s'")
        self.session.execute("SELECT pg_advisory_lock(%s, %s)", [NAMESPACE, instrument_id])
        return True

    def gives_up(self) -> None:
        """Free all locks, like the server for a process that is gone."""
        self.session.execute("SELECT pg_advisory_unlock_all()")

    def ends_our_session(self) -> None:
        """End our session, like the server for a publisher that it drops; returns when the server is done with it."""
        row = self.session.execute(
            "SELECT pg_terminate_backend(pid, %s) FROM pg_stat_activity WHERE pid = %s",
            [1000 * PATIENCE_SECONDS, _our_pid()],
        ).fetchone()
        assert row == (True,)


@contextmanager
def stranger() -> Iterator[Stranger]:
    """A second session on the test's database while the block runs."""
    place = {name: value for name, value in connection.get_connection_params().items() if name in _PLACE}
    with psycopg.connect(**place, autocommit=True) as session:
        yield Stranger(session)


_PLACE = {"dbname", "user", "password", "host", "port"}


def _our_pid() -> int:
    assert connection.connection is not None
    pid = connection.connection.info.backend_pid
    assert isinstance(pid, int)
    return pid
