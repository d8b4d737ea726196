"""Tasks, as Celery calls them: a message in, a call, nothing out."""

from datetime import timedelta

import pytest
import time_machine
from celery import current_app
from celery.exceptions import NotRegistered
from django.utils import timezone

from accounts.tests.cast import NOON
from trading.models import FlashTrade
from trading.tasks import settle_due_trades, sweep_due_trades
from trading.tests.cast import SYMBOL, Stage, Trader

EXPIRY = NOON + timedelta(seconds=61)


@pytest.fixture
def due(stage: Stage, alice: Trader) -> FlashTrade:
    """Alice's trade, its entry and exit seconds priced."""
    trade = alice.place()
    stage.price(NOON + timedelta(seconds=1), "60000.00")
    stage.price(EXPIRY, "60000.01")
    return trade


def test_a_message_settles_the_trades_of_its_instrument(due: FlashTrade) -> None:
    with time_machine.travel(EXPIRY, tick=False):
        settle_due_trades.apply(kwargs={"instrument": SYMBOL}, throw=True)
    due.refresh_from_db()
    assert (due.state, due.outcome, due.settled_at) == ("settled", "won", EXPIRY)


def test_a_message_of_a_newer_version_is_understood(due: FlashTrade) -> None:
    with time_machine.travel(EXPIRY, tick=False):
        settle_due_trades.apply(kwargs={"instrument": SYMBOL, "added_in": "the next release"}, throw=True)
        sweep_due_trades.apply(kwargs={"added_in": "the next release"}, throw=True)
    due.refresh_from_db()
    assert due.state == "settled"


def test_a_message_that_comes_twice_or_late_does_no_harm(due: FlashTrade, alice: Trader) -> None:
    for minutes in (0, 0, 10, 60 * 24):
        with time_machine.travel(EXPIRY + timedelta(minutes=minutes), tick=False):
            settle_due_trades.apply(kwargs={"instrument": SYMBOL}, throw=True)
    due.refresh_from_db()
    assert (due.settled_at, str(alice.wallet.balance)) == (EXPIRY, "10085.00000000")


def test_an_instrument_that_is_not_there_has_nothing_to_settle(db: None) -> None:
    assert settle_due_trades.apply(kwargs={"instrument": "NO-SUCH"}, throw=True).successful()
    assert sweep_due_trades.apply(throw=True).successful()


def test_the_sweep_finds_what_a_lost_message_left(due: FlashTrade) -> None:
    with time_machine.travel(EXPIRY, tick=False):
        sweep_due_trades.apply(throw=True)
    due.refresh_from_db()
    assert due.state == "settled"


def test_the_sweep_voids_a_trade_whose_series_has_ended(stage: Stage, alice: Trader) -> None:
    trade = alice.place()
    for seconds, state in ((61 + 299, "pending"), (61 + 300, "settled")):
        with time_machine.travel(NOON + timedelta(seconds=seconds), tick=False):
            sweep_due_trades.apply(throw=True)
        trade.refresh_from_db()
        assert trade.state == state
    assert (trade.outcome, trade.void_reason, alice.wallet.held) == ("voided", "no-entry-price", 0)


def test_the_beat_knows_only_tasks_that_exist() -> None:
    current_app.loader.import_default_modules()
    for entry in current_app.conf.beat_schedule.values():
        try:
            task = current_app.tasks[entry["task"]]
        except NotRegistered:
            pytest.fail(f"{entry['task']} is no task")
        assert task.expires


def test_tasks_take_keywords_only() -> None:
    with pytest.raises(TypeError):
        settle_due_trades.apply(args=(SYMBOL,), throw=True)


def test_a_worker_whose_clock_runs_ahead_voids_nothing(stage: Stage, alice: Trader) -> None:
    now = timezone.now().replace(microsecond=0)
    stage.price(now, "60000.00")
    trade = alice.place(at=now)
    with time_machine.travel(now + timedelta(hours=1), tick=False):
        settle_due_trades.apply(kwargs={"instrument": SYMBOL}, throw=True)
        sweep_due_trades.apply(throw=True)
    trade.refresh_from_db()
    assert trade.state == "pending"
