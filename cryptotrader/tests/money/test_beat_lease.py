"""Two beats, as on two machines: one of them works, and the other one takes over."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from redis import Redis

from cryptotrader.queue.lease import LEASE_SECONDS, NAME, Lease
from cryptotrader.tests.money.test_worker_crash import own_environment, wait_until
from cryptotrader.tests.support.valkey import OwnValkey

pytestmark = pytest.mark.process
BEAT = """
import sys
from cryptotrader.celery import app
app.start(["beat", "--pidfile", "", "-l", "error", "--schedule", sys.argv[1]])
"""
WORKS, WAITS = "this beat works", "another beat works"


class Beat:
    """A beat process, and what it says."""

    def __init__(self, broker: OwnValkey, home: Path, name: str) -> None:
        self._said = home / f"{name}.log"
        with self._said.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-c", BEAT, str(home / f"{name}.schedule")],
                env=own_environment() | {"REDIS_URL": broker.url(), "LOG_LEVEL": "INFO"},
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    @property
    def works(self) -> bool:
        return self._said.read_text().count(WORKS) > self._said.read_text().count(WAITS)


@contextmanager
def beats(broker: OwnValkey, home: Path) -> Iterator[tuple[Beat, Beat]]:
    """The first one works, the second one waits."""
    wait_until(broker.answers, "Valkey")
    running: list[Beat] = []
    try:
        for name in ("one", "two"):
            running.append(Beat(broker, home, name))
            wait_until(lambda: running[0].works, "the first beat")
        yield running[0], running[1]
    finally:
        for beat in running:
            beat.process.kill()
            beat.process.wait()


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGSTOP])
def test_a_second_beat_takes_over(own_valkey: OwnValkey, tmp_path: Path, number: int) -> None:
    with beats(own_valkey, tmp_path) as (first, second):
        first.process.send_signal(number)
        wait_until(lambda: second.works, "the second beat")
        if number == signal.SIGSTOP:
            first.process.send_signal(signal.SIGCONT)
            wait_until(lambda: not first.works, "the first beat, which waits")
            assert second.works
        with Redis.from_url(f"{own_valkey.url().rpartition('/')[0]}/1") as broker:
            wait_until(lambda: broker.llen("settlement") > 0, "a sweep of the second beat")
            assert broker.ttl(NAME) <= LEASE_SECONDS


def test_a_lease_has_one_holder_and_is_free_at_once(own_valkey: OwnValkey) -> None:
    wait_until(own_valkey.answers, "Valkey")
    one, two = Lease(own_valkey.url()), Lease(own_valkey.url())
    assert (one.take(), two.take(), one.take()) == (True, False, True)
    one.free()
    one.free()
    assert (two.take(), one.take()) == (True, False)


def test_a_lease_that_redis_forgot_is_taken_again_by_one(own_valkey: OwnValkey) -> None:
    """As after a failover: the replica may not have had it yet."""
    wait_until(own_valkey.answers, "Valkey")
    one, two = Lease(own_valkey.url()), Lease(own_valkey.url())
    assert one.take()
    with Redis.from_url(own_valkey.url()) as redis:
        redis.flushall()
    assert (two.take(), one.take()) == (True, False)
