"""Two workers and two beats at once, all of them real: nothing is settled twice, nothing is left over."""

import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from uuid import uuid4

import pytest

from accounts.models import Transfer
from accounts.tests.cast import NOON, standing
from cryptotrader.tests.money.test_worker_crash import own_environment, unsettled, wait_until, worker
from monitoring.services.reconcile_ledger import reconcile_ledger
from trading.domain.orders import Order
from trading.domain.terms import Direction
from trading.models import FlashTrade
from trading.selectors.due import instruments_with_due_trades
from trading.services.orders.open_trades import Accepted, open_trades
from trading.services.settlement.settle_due_trades import settle_due_trades
from trading.tasks import settle_due_trades as settle_task
from trading.tests.cast import open_stage, trader

pytestmark = [pytest.mark.process, pytest.mark.django_db(transaction=True)]
WAVES, TRADES = 4, 1_000
GRACE = timedelta(minutes=5)


# As `celery beat` does, but without the lease, and everything goes to one queue: other tests use the same broker.
BEAT = """
import sys
from cryptotrader.celery import app
queue, schedule = sys.argv[1:]
app.conf.update(task_routes={}, task_default_queue=queue, beat_scheduler="celery.beat:PersistentScheduler")
app.start(["beat", "--pidfile", "", "-l", "error", "--schedule", schedule])
"""


@contextmanager
def beat(queue: str, schedule: Path) -> Iterator["subprocess.Popen[bytes]"]:
    """Runs a beat process that sends to this queue; kills it at the end."""
    command = [sys.executable, "-c", BEAT, queue, str(schedule)]
    process = subprocess.Popen(command, env=own_environment(), start_new_session=True)
    try:
        yield process
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def test_two_workers_and_two_beats_settle_each_trade_once(tmp_path: Path) -> None:
    traders, stage, queue = [trader(f"trader{n}") for n in range(10)], open_stage(), f"two-{uuid4()}"
    for wave in range(WAVES):
        at = NOON + timedelta(minutes=2 * wave)
        if wave:
            stage.price(at, "60000.00")
        orders = [
            Order(traders[n % 10].user.pk, f"{wave}-{n}", "BTC-USDT", list(Direction)[n // 10 % 2], Decimal(1), 60)
            for n in range(TRADES)
        ]
        assert all(isinstance(result, Accepted) for result in open_trades(orders, clock=standing(at)))
        stage.price(at + timedelta(seconds=1), "60000.00")
        stage.price(at + timedelta(seconds=61), "60001.00")
    with ExitStack() as running:
        for number in range(2):
            running.enter_context(worker(queue))
            running.enter_context(beat(queue, tmp_path / f"schedule-{number}"))
        # Beside the sweeps of both beats: the requests of a feed, many times over.
        for _ in range(20):
            settle_task.apply_async(kwargs={"instrument": "BTC-USDT"}, queue=queue, expires=60)
        wait_until(lambda: unsettled() == 0, "the settlement")
    assert FlashTrade.objects.filter(outcome="won").count() == WAVES * TRADES // 2
    stakes = Transfer.objects.filter(kind="stake")
    assert stakes.filter(phase="pending").count() == stakes.exclude(phase="pending").count() == WAVES * TRADES
    assert Transfer.objects.filter(kind="payout").count() == WAVES * TRADES // 2
    assert reconcile_ledger().faults == ()


def test_two_beats_alone_have_everything_settled(tmp_path: Path) -> None:
    """Without a feed: every trade that both sweep ends once."""
    alice, stage, queue = trader("alice"), open_stage(), f"beats-{uuid4()}"
    trade = alice.place()
    stage.price(NOON + timedelta(seconds=1), "60000.00")
    stage.price(NOON + timedelta(seconds=61), "60001.00")
    with ExitStack() as running:
        running.enter_context(worker(queue))
        for number in range(2):
            running.enter_context(beat(queue, tmp_path / f"schedule-{number}"))
        wait_until(lambda: unsettled() == 0, "a sweep")
    trade.refresh_from_db()
    assert (trade.outcome, alice.wallet.balance, alice.wallet.held) == ("won", 10085, 0)
    assert reconcile_ledger().faults == ()


def test_a_feed_that_stops_leaves_a_thousand_trades_void_and_refunded_after_grace() -> None:
    """Half have their entry price, half never get one. The clock alone ends them all, not before their time."""
    traders, stage = [trader(f"trader{n}") for n in range(10)], open_stage()
    for half, at in enumerate((NOON, NOON + timedelta(seconds=1))):
        orders = [
            Order(traders[n % 10].user.pk, f"{half}-{n}", "BTC-USDT", Direction.UP, Decimal(5), 60)
            for n in range(TRADES // 2)
        ]
        assert all(isinstance(result, Accepted) for result in open_trades(orders, clock=standing(at)))
        if not half:
            stage.price(at + timedelta(seconds=1), "60000.00")  # the last price of the series
    settle_due_trades(instrument="BTC-USDT", now=NOON + timedelta(seconds=2))
    last_expiry = NOON + timedelta(seconds=62)
    for now in (last_expiry, NOON + timedelta(seconds=61) + GRACE - timedelta(seconds=1)):
        assert instruments_with_due_trades(now) == ["BTC-USDT"]
        assert settle_due_trades(instrument="BTC-USDT", now=now).settled == 0
    assert [person.wallet.held for person in traders] == [500] * 10
    assert settle_due_trades(instrument="BTC-USDT", now=last_expiry + GRACE).settled == TRADES
    assert unsettled() == 0
    reasons = Counter(FlashTrade.objects.filter(outcome="voided").values_list("void_reason", flat=True))
    assert reasons == {"no-entry-price": TRADES // 2, "no-exit-price": TRADES // 2}
    assert [(person.wallet.balance, person.wallet.held) for person in traders] == [(10000, 0)] * 10
    assert instruments_with_due_trades(last_expiry + GRACE) == []
    assert reconcile_ledger().faults == ()
