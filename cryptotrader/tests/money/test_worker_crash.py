"""A real Celery worker, killed in the middle of a settlement; a broker emptied while trades are open."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import connection, transaction
from redis import Redis

from accounts.models import LedgerAccount, Transfer
from accounts.tests.cast import NOON, standing
from accounts.tests.patience import PATIENCE_SECONDS
from trading.domain.orders import Order
from trading.domain.terms import Direction
from trading.models import FlashTrade
from trading.services.orders.open_trades import open_trades
from trading.tasks import settle_due_trades, sweep_due_trades
from trading.tests.cast import Stage, Trader, open_stage, trader

pytestmark = [pytest.mark.process, pytest.mark.django_db(transaction=True)]
EXPIRY = NOON + timedelta(seconds=61)


def own_environment() -> dict[str, str]:
    """Returns the environment of a separate process on the test's database."""
    url = f"{os.environ['DATABASE_URL'].rpartition('/')[0]}/{connection.settings_dict['NAME']}"
    return os.environ | {"DATABASE_URL": url}


@contextmanager
def worker(queue: str) -> Iterator[subprocess.Popen[bytes]]:
    """Starts a worker process on the test's database; kills it at the end if it still runs."""
    command = [sys.executable, "-m", "celery", "-A", "cryptotrader", "worker", "-Q", queue, "-c", "1"]
    process = subprocess.Popen(
        [*command, "-l", "error", "--without-gossip", "--without-mingle", "--without-heartbeat"],
        env=own_environment(),
        start_new_session=True,
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def wait_until(true: Callable[[], bool], what: str) -> None:
    """Polls until it is true: the other process has its own pace."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not true():
        assert time.monotonic() < deadline, f"never came: {what}"
        time.sleep(0.05)


def unsettled() -> int:
    return FlashTrade.objects.exclude(state="settled").count()


def blocked_on_the_ledger() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")  # otherwise one transaction always sees the same statistics
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            " AND wait_event_type = 'Lock' AND query ~ 'WITH\\s+decided AS'"
        )
        return bool(cursor.fetchone()[0])


def open_many(traders: list[Trader], count: int, stage: Stage) -> None:
    orders = [
        Order(traders[n % 2].user.pk, f"many-{n}", "BTC-USDT", list(Direction)[n // 2 % 2], Decimal(1), 60)
        for n in range(count)
    ]
    open_trades(orders, clock=standing(NOON))
    stage.price(NOON + timedelta(seconds=1), "60000.00")
    stage.price(EXPIRY, "60001.00")


def assert_settled_once_and_conserved(traders: list[Trader], count: int) -> None:
    assert unsettled() == 0
    stakes = Transfer.objects.filter(kind="stake")
    assert stakes.filter(phase="pending").count() == stakes.exclude(phase="pending").count() == count
    won = FlashTrade.objects.filter(outcome="won").count()
    assert won == count // 2
    assert Transfer.objects.filter(kind="payout").count() == won
    assert sum(LedgerAccount.objects.values_list("balance", flat=True)) == 0
    assert [person.wallet.held for person in traders] == [0, 0]


def test_a_worker_killed_in_the_middle_leaves_each_trade_settled_exactly_once() -> None:
    traders, stage, queue = [trader("alice"), trader("bob")], open_stage(), f"crash-{uuid4()}"
    open_many(traders, 5_000, stage)
    # Holding the house's row stops the settlement between writing the outcomes and moving the money.
    with worker(queue) as first, transaction.atomic():
        LedgerAccount.objects.select_for_update().get(kind="house")
        settle_due_trades.apply_async(kwargs={"instrument": "BTC-USDT"}, queue=queue)
        wait_until(blocked_on_the_ledger, "the settlement, half done")
        os.killpg(first.pid, signal.SIGKILL)
        first.wait()
        assert unsettled() == 5_000
    with worker(queue):
        sweep_due_trades.apply_async(queue=queue, expires=60)
        wait_until(lambda: unsettled() == 0, "the settlement after the restart")
    assert_settled_once_and_conserved(traders, 5_000)


def test_all_trades_settle_though_the_broker_was_emptied() -> None:
    traders, stage, queue = [trader("alice"), trader("bob")], open_stage(), f"emptied-{uuid4()}"
    open_many(traders, 500, stage)
    settle_due_trades.apply_async(kwargs={"instrument": "BTC-USDT"}, queue=queue)
    with Redis.from_url(settings.CELERY_BROKER_URL) as broker:
        assert broker.delete(queue) == 1, "the message was waiting"
    with worker(queue):
        sweep_due_trades.apply_async(queue=queue, expires=60)
        wait_until(lambda: unsettled() == 0, "the sweep")
    assert_settled_once_and_conserved(traders, 500)
