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
