"""A PostgreSQL or a Redis that hangs (SIGSTOP) is told in time, costs no thread, and is well again when it goes on."""

import signal
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Event, active_count
from typing import Any
from urllib.parse import unquote

import environ
import psutil
import pytest
from django.db import OperationalError, connections
from django.utils import timezone
from pytest_django import Settings
from redis import Redis

from accounts.tests.patience import PATIENCE_SECONDS
from cryptotrader.local.postgres import Postgres
from cryptotrader.local.processes import stop_all
from cryptotrader.tests.support.valkey import OwnValkey
from monitoring.connection import OwnConnection, health_connection
from monitoring.domain.faults import DOWN
from monitoring.domain.health import DependencyName, Health
from monitoring.services import check_health as checking
from monitoring.services.check_health import check_health

pytestmark = [pytest.mark.process, pytest.mark.django_db(transaction=True)]

PROMISED_SECONDS = 5.0


def until(condition: Any, what: str) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline, f"{what} doesn't come"
        time.sleep(0.02)


@contextmanager
def hanging(pid: int) -> Iterator[None]:
    """A process and all its children stand still."""
    processes = [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]
    for process in processes:
        _send(process, signal.SIGSTOP)
    try:
        yield
    finally:
        for process in processes:
            _send(process, signal.SIGCONT)


def _send(process: psutil.Process, number: signal.Signals) -> None:
    """A session may have just ended: its process goes when its parent comes to take note."""
    with suppress(psutil.NoSuchProcess):
        process.send_signal(number)


def check() -> Health:
    """It ends, though what stands still never answers."""
    return check_health(clock=timezone.now)


def test_an_answer_is_awaited_no_longer_than_promised() -> None:
    """How long it takes on a busy machine is no bug: the other tests show that there is an end."""
    assert max(checking.PATIENCE_SECONDS, health_connection._patience) <= PROMISED_SECONDS


@pytest.fixture
def own_postgres(transactional_db: None) -> Iterator[int]:
    """Health's connections go to a PostgreSQL of the test's own; returns its process."""
    # Not pytest's own directory: another session of root's closes that to PostgreSQL's account.
    with tempfile.TemporaryDirectory(prefix="cryptotrader-") as home:
        (Path(home) / "log").mkdir()
        yield from _serving(Postgres(Path(home), durable=False))


def _serving(server: Postgres) -> Iterator[int]:
    child = server.start()
    until(server.answers, "PostgreSQL")
    address: dict[str, object] = environ.Env.db_url_config(server.url())
    with pytest.MonkeyPatch.context() as patch:
        for name in ("HOST", "PORT", "USER", "PASSWORD", "NAME"):
            patch.setitem(connections.settings["default"], name, unquote(str(address[name])))
        yield child.pid
    stop_all([child], grace_seconds=10, number=signal.SIGINT)


def test_a_postgresql_that_hangs_is_down_in_time_and_costs_no_thread(own_postgres: int) -> None:
    until(lambda: check().readings.answers(DependencyName.POSTGRESQL), "PostgreSQL's answer")
    threads = active_count()
    with hanging(own_postgres):
        for _ in range(2):
            health = check()
            assert not health.readings.answers(DependencyName.POSTGRESQL)
            assert health.readings.answers(DependencyName.REDIS)
            assert (health.is_down, health.is_ready) == (True, False)
        assert active_count() <= threads
    until(lambda: check().readings.answers(DependencyName.POSTGRESQL), "PostgreSQL again")


def test_a_statement_under_way_ends_when_the_server_hangs(own_postgres: int) -> None:
    """PostgreSQL can't end it by its timeout then, and nobody would tell the thread that waits for its answer."""
    asking = OwnConnection("test", statement_seconds=2 * PATIENCE_SECONDS, patience_seconds=3.0)
    threads = active_count()
    began = Event()

    def question() -> None:
        with connections["default"].cursor() as cursor:
            cursor.execute("SELECT 1")
            began.set()
            cursor.execute("SELECT pg_sleep(%s)", [2 * PATIENCE_SECONDS])

    with ThreadPoolExecutor(1) as pool:
        asked = pool.submit(asking.ask, question)
        assert began.wait(PATIENCE_SECONDS)
        with hanging(own_postgres):
            with pytest.raises(OperationalError):
                asked.result(timeout=PATIENCE_SECONDS)
            # The thread is free, not waiting: it takes the next question, and gives its connection up as well.
            with pytest.raises(OperationalError):
                asking.ask(question)
    assert asking.ask(lambda: 7) == 7
    assert active_count() <= threads + 1


def test_a_redis_that_hangs_is_down_in_time_and_costs_no_thread(own_valkey: OwnValkey, settings: Settings) -> None:
    until(own_valkey.answers, "Valkey")
    settings.REDIS_URL = own_valkey.url()
    settings.REDIS_QUEUE_URL = f"{own_valkey.url().rpartition('/')[0]}/1"
    until(lambda: not check().is_down, "Redis")
    threads = active_count()
    with hanging(own_valkey.child.pid):
        for _ in range(2):
            health = check()
            assert [fault.code for fault in health.faults if fault.code in DOWN] == ["redis-down", "broker-down"]
            assert health.is_ready
        assert active_count() <= threads
    until(lambda: not check().is_down, "Redis again")


def test_a_broker_that_refuses_to_write_takes_no_tasks(own_valkey: OwnValkey, settings: Settings) -> None:
    """As when its disk is full: it answers, and no message can be sent."""
    until(own_valkey.answers, "Valkey")
    settings.REDIS_QUEUE_URL = f"{own_valkey.url().rpartition('/')[0]}/1"
    with Redis.from_url(own_valkey.url()) as redis:
        redis.config_set("min-replicas-to-write", 1)
    until(lambda: [fault.code for fault in check().faults if fault.code in DOWN] == ["broker-down"], "the fault")
