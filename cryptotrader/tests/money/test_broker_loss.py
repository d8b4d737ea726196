"""A worker outlives its broker: gone while a task runs, and there but refusing to write. It goes on by itself."""

import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import cast
from uuid import uuid4

import pytest
from django.db import transaction
from kombu.simple import SimpleQueue
from redis import Redis
from structlog.testing import capture_logs

from accounts.models import LedgerAccount
from accounts.tests.patience import PATIENCE_SECONDS
from cryptotrader.celery import app
from cryptotrader.queue.transport import Channel, QoS
from cryptotrader.tests.money.test_worker_crash import (
    blocked_on_the_ledger,
    open_many,
    own_environment,
    unsettled,
    wait_until,
)
from cryptotrader.tests.support.valkey import OwnValkey
from trading.tasks import settle_due_trades, sweep_due_trades
from trading.tests.cast import open_stage, trader

pytestmark = [pytest.mark.process, pytest.mark.django_db(transaction=True)]


class Worker:
    """A settler on a broker of its own, and what it says."""

    def __init__(self, broker: OwnValkey, queue: str, said: Path) -> None:
        self.broker, self.queue, self._said = broker, queue, said
        command = [sys.executable, "-m", "celery", "-A", "cryptotrader", "worker", "-Q", queue, "-c", "1"]
        with said.open("wb") as output:
            self.process = subprocess.Popen(
                [*command, "--without-gossip", "--without-mingle"],
                env=own_environment() | {"REDIS_URL": broker.url(), "LOG_LEVEL": "DEBUG"},
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    def send(self, task: object, **kwargs: object) -> None:
        with app.connection_for_write(f"{self.broker.url().rpartition('/')[0]}/1") as connection:
            task.apply_async(kwargs=kwargs, queue=self.queue, connection=connection, expires=120)  # type: ignore[attr-defined]

    def said(self, *words: str) -> bool:
        """Whether it has said one of these, or ended."""
        text = self._said.read_text()
        return self.process.poll() is not None or any(word in text for word in words)

    def done(self) -> int:
        """The number of sweeps that it has done."""
        return len(re.findall(r"trading.sweep_due_trades done", self._said.read_text()))

    def assert_alive(self) -> None:
        assert self.process.poll() is None, self._said.read_text()[-3000:]


@contextmanager
def settler(broker: OwnValkey, tmp_path: Path) -> Iterator[Worker]:
    worker = Worker(broker, f"loss-{uuid4()}", tmp_path / "said")
    try:
        wait_until(lambda: worker.said("the worker is ready"), "the worker")
        yield worker
    finally:
        worker.process.kill()
        worker.process.wait()


def gone(broker: OwnValkey, worker: Worker) -> None:
    broker.kill()
    wait_until(lambda: worker.said("outage begins"), "the loss")


def hanging(broker: OwnValkey, worker: Worker) -> None:
    """Longer than the client waits for an answer."""
    broker.child.popen.send_signal(signal.SIGSTOP)


def refusing(broker: OwnValkey, worker: Worker) -> None:
    """As with MISCONF, when the disk is full: each command that changes something is refused."""
    with Redis.from_url(broker.url()) as client:
        client.config_set("min-replicas-to-write", 1)


def recover(broker: OwnValkey) -> None:
    broker.child.popen.send_signal(signal.SIGCONT)
    if broker.child.popen.poll() is not None:
        broker.start_again()
    wait_until(broker.answers, "the broker")
    with Redis.from_url(broker.url()) as client:
        client.config_set("min-replicas-to-write", 0)


@pytest.mark.parametrize("fault", [gone, hanging, refusing])
def test_it_waits_and_goes_on(
    own_valkey: OwnValkey, tmp_path: Path, fault: Callable[[OwnValkey, Worker], None]
) -> None:
    """The fault comes while it settles one message and holds others; at its end they can't be acknowledged."""
    open_many([trader("alice"), trader("bob")], 50, open_stage())
    with settler(own_valkey, tmp_path) as worker:
        with transaction.atomic():
            LedgerAccount.objects.select_for_update().get(kind="house")
            for _ in range(3):
                worker.send(settle_due_trades, instrument="BTC-USDT")
            wait_until(blocked_on_the_ledger, "the settlement, half done")
            fault(own_valkey, worker)
            worker.assert_alive()
        wait_until(lambda: unsettled() == 0, "the settlement under way")
        for _ in range(40):  # it acknowledges, and is refused
            time.sleep(0.05)
            worker.assert_alive()
        recover(own_valkey)
        done = worker.done()
        worker.send(sweep_due_trades)
        wait_until(lambda: worker.done() > done or worker.process.poll() is not None, "a task after the fault")
        worker.assert_alive()


@pytest.mark.parametrize("fault", ["gone", "refusing"])
def test_a_channel_closes_though_its_messages_cannot_be_put_back(own_valkey: OwnValkey, fault: str) -> None:
    """A worker closes its channel whenever a connection ends: an error there ended the worker."""
    connection = app.connection_for_read(f"{own_valkey.url().rpartition('/')[0]}/1")
    channel = cast(Channel, connection.channel())
    assert isinstance(channel.qos, QoS)
    queue = SimpleQueue(channel, "kept")
    queue.put({"an": "order"})
    assert queue.get(timeout=PATIENCE_SECONDS).payload == {"an": "order"}
    if fault == "gone":
        own_valkey.kill()
    else:
        with Redis.from_url(own_valkey.url()) as client:
            client.config_set("min-replicas-to-write", 1)
    with capture_logs() as logs:
        channel.qos.restore_unacked_once()
    assert "unacknowledged messages can't be put back" in [log["event"] for log in logs]
