"""A pool whose sessions have ended gives a living connection to the first who asks."""

from collections.abc import Iterator

import psycopg_pool.pool
import pytest
from django.db import connection
from psycopg import OperationalError
from psycopg_pool import ConnectionPool

from accounts.tests.patience import PATIENCE_SECONDS
from cryptotrader.tests.support.sessions import end_other_sessions

pytestmark = pytest.mark.django_db(transaction=True)
SIZE = 6


@pytest.fixture
def pool() -> Iterator[ConnectionPool]:
    parameters = {**connection.get_connection_params(), "autocommit": True}
    made = ConnectionPool(
        kwargs=parameters, min_size=SIZE, timeout=PATIENCE_SECONDS, check=ConnectionPool.check_connection, open=False
    )
    with made:
        made.wait()
        yield made


@pytest.mark.long
def test_nobody_waits_for_each_dead_connection(pool: ConnectionPool, monkeypatch: pytest.MonkeyPatch) -> None:
    waits: list[float] = []
    monkeypatch.setattr(psycopg_pool.pool, "sleep", waits.append)
    end_other_sessions()
    with pool.connection() as given:
        assert given.execute("SELECT 1").fetchone() == (1,)
    assert waits == [0.0]


def test_those_who_met_a_dead_one_late_leave_the_new_ones(pool: ConnectionPool) -> None:
    early, late = pool.getconn(), pool.getconn()
    end_other_sessions()
    with pytest.raises(OperationalError):
        ConnectionPool.check_connection(early)
    with pool.connection() as given:
        assert given.execute("SELECT 1").fetchone() == (1,)
    drops = pool._drained_at
    with pytest.raises(OperationalError):
        ConnectionPool.check_connection(late)
    assert pool._drained_at == drops
    for held in (early, late):
        pool.putconn(held)


def test_a_living_one_is_not_asked(pool: ConnectionPool) -> None:
    """The server's record of what a session did last stays as it is."""

    def last_change() -> object:
        with connection.cursor() as cursor:
            cursor.execute("SELECT state_change FROM pg_stat_activity WHERE pid = %s", [held.info.backend_pid])
            return cursor.fetchone()

    held = pool.getconn()
    before = last_change()
    for _ in range(3):
        ConnectionPool.check_connection(held)
    assert (last_change(), held.execute("SELECT 1").fetchone()) == (before, (1,))
    pool.putconn(held)
