from datetime import datetime, timedelta

import pytest
from pytest_django import DjangoAssertNumQueries

from accounts.tests.audit import assert_the_ledger_balances
from accounts.tests.cast import NOON
from trading.domain.terms import Direction
from trading.models import FlashTrade
from trading.services.settlement import settle_due_trades as settling
from trading.services.settlement.settle_due_trades import Settled, settle_due_trades
from trading.tests.cast import Stage, Trader

ENTRY = NOON + timedelta(seconds=1)
EXPIRY = ENTRY + timedelta(seconds=60)
GRACE_OVER = EXPIRY + timedelta(minutes=5)


def settle(at: datetime = EXPIRY) -> Settled:
    return settle_due_trades(instrument="BTC-USDT", now=at)


def test_it_pays_a_win_and_keeps_a_lost_stake(stage: Stage, alice: Trader, bob: Trader) -> None:
    up = alice.place(direction=Direction.UP)
    down = bob.place(direction=Direction.DOWN)
    stage.price(ENTRY, "60000.00")
    stage.price(EXPIRY, "60000.01")

    assert settle() == Settled(entered=0, settled=2)

    up.refresh_from_db()
    down.refresh_from_db()
    assert (up.outcome, str(up.profit), str(alice.wallet.balance)) == ("won", "85.00000000", "10085.00000000")
    assert (down.outcome, str(down.profit), str(bob.wallet.balance)) == ("lost", "-100.00000000", "9900.00000000")
    assert alice.wallet.held == bob.wallet.held == 0


def test_it_settles_nothing_before_the_series_has_passed_the_expiry(stage: Stage, alice: Trader) -> None:
    trade = alice.place()
    stage.price(ENTRY, "60000.00")
    stage.price(EXPIRY - timedelta(seconds=1), "60001.00")

    assert settle(at=EXPIRY) == Settled(entered=1, settled=0)
    trade.refresh_from_db()
    assert (trade.state, str(trade.entry_price)) == ("open", "60000.00000000")
    assert settle(at=GRACE_OVER - timedelta(seconds=1)).settled == 0


def test_it_decides_on_what_is_stored_when_grace_has_run_out(stage: Stage, alice: Trader) -> None:
    trade = alice.place()
    stage.price(ENTRY, "60000.00")
    stage.price(EXPIRY - timedelta(seconds=2), "60001.00")

    assert settle(at=GRACE_OVER).settled == 1
    trade.refresh_from_db()
    assert trade.outcome == "won"


@pytest.mark.parametrize(
    ("seconds_to_entry", "seconds_before_expiry", "reason"),
    [(7, 0, "no-entry-price"), (0, 3, "no-exit-price")],
)
def test_it_returns_the_stake_of_a_voided_trade(
    stage: Stage, alice: Trader, seconds_to_entry: int, seconds_before_expiry: int, reason: str
) -> None:
    trade = alice.place()
    stage.price(ENTRY + timedelta(seconds=seconds_to_entry), "60000.00")
    stage.price(EXPIRY - timedelta(seconds=seconds_before_expiry), "60001.00")
    stage.price(EXPIRY + timedelta(seconds=1), "60001.00")

    settle(at=EXPIRY + timedelta(seconds=1))

    trade.refresh_from_db()
    assert (trade.outcome, trade.void_reason, trade.profit) == ("voided", reason, 0)
    assert (alice.wallet.balance, alice.wallet.held) == (10000, 0)


def test_a_second_run_changes_nothing(stage: Stage, alice: Trader) -> None:
    alice.place()
    stage.price(ENTRY, "60000.00")
    stage.price(EXPIRY, "60001.00")
    settle()
    before = alice.wallet

    assert settle() == Settled(0, 0)
    assert alice.wallet == before


def test_it_takes_as_many_queries_for_a_hundred_trades_as_for_one(
    stage: Stage, alice: Trader, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(20):
        alice.place(stake="10")
    stage.price(ENTRY, "60000.00")
    stage.price(EXPIRY, "60001.00")
    with django_assert_max_num_queries(14):
        assert settle().settled == 20


def test_it_settles_more_trades_and_windows_than_it_takes_at_a_time(
    stage: Stage, alice: Trader, bob: Trader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settling, "BATCH", 2)
    monkeypatch.setattr(settling, "WINDOWS", 1)
    for _ in range(5):
        alice.place(direction=Direction.UP, stake="10")
    for _ in range(4):
        bob.place(direction=Direction.DOWN, stake="10")
    stage.price(ENTRY, "60000.00")
    stage.price(EXPIRY, "60001.00")

    assert settle() == Settled(entered=0, settled=9)
    assert (
        sorted(FlashTrade.objects.values_list("direction", "outcome")) == [("down", "lost")] * 4 + [("up", "won")] * 5
    )
    assert (str(alice.wallet.balance), str(bob.wallet.balance)) == ("10042.50000000", "9960.00000000")
    assert_the_ledger_balances()
