from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from accounts.domain.errors import IdempotencyKeyReused, InsufficientFunds, Refusal
from accounts.models import LedgerAccount, Transfer
from accounts.services.people.register_staff import register_staff
from accounts.tests.audit import assert_the_ledger_balances
from accounts.tests.cast import NOON, standing
from trading.domain.errors import (
    DurationNotOffered,
    InstrumentClosed,
    PriceMoved,
    RealMoneyNeedsLivePrices,
    StakeOutOfBounds,
    StalePrice,
    UnknownInstrument,
)
from trading.domain.orders import Order
from trading.domain.terms import Direction, Status
from trading.models import FlashTrade, Instrument
from trading.selectors.clock import database_now
from trading.services.orders.open_trades import Accepted, open_trade, open_trades
from trading.tests.cast import Stage, Trader

ORDER = Order(0, "key", "BTC-USDT", Direction.UP, Decimal(100), 60)


def of(trader: Trader, **change: Any) -> Order:
    return replace(ORDER, user_id=trader.user.pk, **change)


def accepted(results: list[Accepted | Refusal]) -> list[bool]:
    return [isinstance(result, Accepted) for result in results]


def test_it_holds_the_stake_and_keeps_the_terms(stage: Stage, alice: Trader) -> None:
    at = NOON + timedelta(milliseconds=250)
    trade = open_trade(of(alice, stake=Decimal("33.33")), clock=standing(at)).trade

    trade.refresh_from_db()
    assert (trade.state, trade.outcome, trade.entry_price, trade.profit) == ("pending", None, None, None)
    assert (trade.accepted_at, trade.entry_at) == (at, NOON + timedelta(seconds=2))
    assert trade.expires_at == trade.entry_at + timedelta(seconds=60)
    assert (str(trade.stake), str(trade.payout), str(trade.payout_rate)) == ("33.33000000", "61.66000000", "0.8500")
    assert (trade.demo, trade.rule_version, trade.currency) == (True, 2, "USDT")
    assert (alice.wallet.balance, alice.wallet.held, alice.wallet.available) == (
        10000,
        Decimal("33.33"),
        Decimal("9966.67"),
    )
    assert_the_ledger_balances()


def test_it_never_touches_the_house(stage: Stage, alice: Trader) -> None:
    open_trade(of(alice), clock=standing(NOON))
    house = LedgerAccount.objects.get(kind="house")
    assert (house.balance, house.held, house.revision) == (0, 0, 0)


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"instrument": "NO-SUCH"}, UnknownInstrument),
        ({"stake": Decimal("0.99")}, StakeOutOfBounds),
        ({"stake": Decimal("1000.01")}, StakeOutOfBounds),
        ({"stake": Decimal("1.001")}, StakeOutOfBounds),
        ({"stake": Decimal("1.00000000000000000000000000001")}, StakeOutOfBounds),
        ({"stake": Decimal("-100")}, StakeOutOfBounds),
        ({"stake": Decimal("0")}, StakeOutOfBounds),
        ({"duration_seconds": 14}, DurationNotOffered),
        ({"duration_seconds": 61}, DurationNotOffered),
        ({"duration_seconds": 10**9}, DurationNotOffered),
        ({"duration_seconds": -60}, DurationNotOffered),
        ({"min_payout_rate": Decimal("0.8501")}, PriceMoved),
        ({"demo": False}, RealMoneyNeedsLivePrices),
    ],
)
def test_it_refuses_and_leaves_nothing_behind(
    stage: Stage, alice: Trader, change: dict[str, Any], refusal: type[Refusal]
) -> None:
    before = alice.wallet
    with pytest.raises(refusal):
        open_trade(of(alice, **change), clock=standing(NOON))
    assert (alice.wallet, FlashTrade.objects.count(), Transfer.objects.count()) == (before, 0, 1)


@pytest.mark.parametrize("status", [status for status in Status if status is not Status.OPEN])
def test_it_refuses_an_instrument_that_is_not_open(stage: Stage, alice: Trader, status: Status) -> None:
    Instrument.objects.update(status=status)
    with pytest.raises(InstrumentClosed):
        open_trade(of(alice), clock=standing(NOON))


@pytest.mark.parametrize(("age", "fresh"), [(2, True), (2.000001, False), (3600, False)])
def test_it_refuses_a_stale_price(stage: Stage, alice: Trader, age: float, fresh: bool) -> None:
    at = NOON + timedelta(seconds=age)
    if fresh:
        assert open_trade(of(alice), clock=standing(at))
        return
    with pytest.raises(StalePrice) as caught:
        open_trade(of(alice), clock=standing(at))
    assert caught.value.extra == {"priced_at": "2026-03-01T12:00:00Z", "reason": "no-price"}


def test_a_server_whose_clock_runs_ahead_says_so_instead_of_stale(stage: Stage, alice: Trader) -> None:
    now = database_now()
    stage.price(now.replace(microsecond=0), "60000.00")
    with pytest.raises(StalePrice) as caught:
        open_trade(of(alice), clock=standing(now + timedelta(minutes=5)))
    assert caught.value.extra["reason"] == "clock-ahead"
    assert "clock" in str(caught.value.detail)


def test_it_refuses_an_instrument_that_has_no_price_yet(stage: Stage, alice: Trader) -> None:
    Instrument.objects.create(symbol="ETH-USDT", pip=Decimal("0.01"), durations=[60])
    with pytest.raises(StalePrice):
        open_trade(of(alice, instrument="ETH-USDT"), clock=standing(NOON))


def test_it_refuses_a_stake_above_the_balance(stage: Stage, alice: Trader) -> None:
    Instrument.objects.update(stake_max=20000)
    with pytest.raises(InsufficientFunds):
        open_trade(of(alice, stake=Decimal("10000.01")), clock=standing(NOON))
    open_trade(of(alice, stake=Decimal("10000")), clock=standing(NOON))
    with pytest.raises(InsufficientFunds):
        open_trade(of(alice, idempotency_key="2", stake=Decimal(1)), clock=standing(NOON))
    assert (alice.wallet.available, alice.wallet.held) == (0, 10000)


def test_the_same_order_again_is_the_same_trade(stage: Stage, alice: Trader) -> None:
    first = open_trade(of(alice), clock=standing(NOON))
    again = open_trade(of(alice, stake=Decimal("100.00")), clock=standing(NOON + timedelta(hours=1)))

    assert (first.replayed, again.replayed) == (False, True)
    assert again.trade.pk == first.trade.pk
    assert again.trade.accepted_at == NOON
    assert alice.wallet.held == 100


@pytest.mark.parametrize(
    "change",
    [
        {"stake": Decimal("100.01")},
        {"direction": Direction.DOWN},
        {"duration_seconds": 30},
        {"instrument": "ETH-USDT"},
        {"min_payout_rate": Decimal("0.5")},
        {"demo": False},
        {"stake": Decimal(10**9)},
    ],
)
def test_another_order_under_the_same_key_is_refused(stage: Stage, alice: Trader, change: dict[str, Any]) -> None:
    open_trade(of(alice), clock=standing(NOON))
    with pytest.raises(IdempotencyKeyReused):
        open_trade(of(alice, **change), clock=standing(NOON))
    assert (alice.wallet.held, FlashTrade.objects.count()) == (100, 1)


def test_a_refused_order_does_not_use_up_its_key(stage: Stage, alice: Trader) -> None:
    with pytest.raises(StakeOutOfBounds):
        open_trade(of(alice, stake=Decimal("0.5")), clock=standing(NOON))
    assert not open_trade(of(alice), clock=standing(NOON)).replayed


def test_two_people_may_use_the_same_key(stage: Stage, alice: Trader, bob: Trader) -> None:
    trades = {open_trade(of(who), clock=standing(NOON)).trade.pk for who in (alice, bob)}
    assert len(trades) == 2


def test_a_batch_answers_each_order_in_its_place(stage: Stage, alice: Trader, bob: Trader) -> None:
    orders = [
        of(alice, idempotency_key="1"),
        of(bob, instrument="NO-SUCH"),
        of(alice, idempotency_key="1"),
        of(alice, idempotency_key="1", stake=Decimal(7)),
        of(bob, idempotency_key="1"),
    ]
    one, unknown, again, reused, bobs = open_trades(orders, clock=standing(NOON))

    assert isinstance(one, Accepted)
    assert isinstance(again, Accepted)
    assert isinstance(bobs, Accepted)
    assert (again.trade, again.replayed) == (one.trade, True)
    assert (type(unknown), type(reused)) == (UnknownInstrument, IdempotencyKeyReused)
    assert bobs.trade.user_id == bob.user.pk
    assert (alice.wallet.held, bob.wallet.held) == (100, 100)
    assert_the_ledger_balances()


def test_a_batch_takes_of_one_wallet_only_what_it_can_afford(stage: Stage, alice: Trader, bob: Trader) -> None:
    Instrument.objects.update(stake_max=20000)
    orders = [
        of(alice, idempotency_key="1", stake=Decimal(6000)),
        of(alice, idempotency_key="2", stake=Decimal(6000)),
        of(bob, stake=Decimal(6000)),
        of(alice, idempotency_key="3", stake=Decimal(4000)),
        of(alice, idempotency_key="4", stake=Decimal(1)),
    ]
    assert accepted(open_trades(orders, clock=standing(NOON))) == [True, False, True, True, False]
    assert (alice.wallet.available, bob.wallet.available) == (0, 4000)
    assert_the_ledger_balances()


def test_an_empty_batch_is_nothing(stage: Stage) -> None:
    assert open_trades([], clock=standing(NOON)) == []


def test_a_person_without_a_wallet_has_no_funds(stage: Stage) -> None:
    staff = register_staff(email="staff@example.com", password="x", now=NOON)
    with pytest.raises(InsufficientFunds):
        open_trade(replace(ORDER, user_id=staff.pk), clock=standing(NOON))


def test_one_order_takes_few_queries_and_a_batch_no_more(
    stage: Stage, alice: Trader, bob: Trader, django_assert_num_queries: Callable[[int], Any]
) -> None:
    alice.place(stake="1")  # the very first order makes the key that signs
    alice.place(stake="1")  # and the second one opens it for this process
    with django_assert_num_queries(6):  # two of them the test's own savepoint
        open_trade(of(alice), clock=standing(NOON))
    orders = [of(who, idempotency_key=f"batch-{n}", stake=Decimal(10)) for n in range(50) for who in (alice, bob)]
    with django_assert_num_queries(6):
        assert all(accepted(open_trades(orders, clock=standing(NOON))))


def test_ids_ascend_in_the_order_of_acceptance(stage: Stage, alice: Trader) -> None:
    times: list[datetime] = [NOON + timedelta(milliseconds=ms) for ms in range(0, 100, 7)]
    ids = [alice.place(at=at, stake="1").pk for at in times]
    assert ids == sorted(ids)
