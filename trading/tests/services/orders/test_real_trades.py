"""Real money is traded on live prices only, from the order to the result."""

from collections import Counter
from datetime import timedelta
from decimal import Decimal
from functools import partial

import pytest
from pytest_django import Settings

from accounts.domain.errors import IdempotencyKeyReused, InsufficientFunds
from accounts.domain.ledger.wallets import CurrencyNotOffered
from accounts.tests.audit import assert_the_ledger_balances
from accounts.tests.cast import NOON, standing
from accounts.tests.threads import at_once
from trading.domain.errors import InsufficientForStake, RealMoneyNeedsLivePrices
from trading.domain.orders import Order
from trading.domain.prices import Source
from trading.domain.terms import Direction
from trading.models import FlashTrade
from trading.services.orders.open_trades import Accepted, open_trade, open_trades
from trading.services.settlement.settle_due_trades import settle_due_trades
from trading.tests.cast import SYMBOL, Stage, Trader, open_stage, trader

LIVE, SIMULATED, REPLAY = Source.LIVE, Source.SIMULATED, Source.REPLAY
SECOND = timedelta(seconds=1)


@pytest.fixture(autouse=True)
def _real_money(settings: Settings) -> None:
    settings.REAL_CURRENCIES = ("USDT",)


@pytest.fixture
def rich(alice: Trader, stage: Stage) -> Trader:
    """Alice with 500 of real money; the newest price is live."""
    alice.pay_in("500")
    stage.price(NOON + SECOND, "60000.00", source=LIVE)
    return alice


def place_real(who: Trader, **terms: str) -> FlashTrade:
    return who.place(at=NOON + SECOND, demo=False, **terms)  # type: ignore[arg-type]


def end(stage: Stage, entry: Source, close: Source) -> FlashTrade:
    """Let the trade enter and expire at prices of these sources, the second one higher."""
    trade = FlashTrade.objects.get(demo=False)
    stage.price(trade.entry_at, "60000.00", source=entry)
    settle_due_trades(instrument=SYMBOL, now=trade.entry_at)
    stage.price(trade.expires_at, "60001.00", source=close)
    settle_due_trades(instrument=SYMBOL, now=trade.expires_at)
    trade.refresh_from_db()
    return trade


def test_a_real_stake_is_held_in_the_real_wallet(rich: Trader) -> None:
    trade = place_real(rich)
    assert not trade.demo
    assert (rich.real_wallet.available, rich.real_wallet.held) == (400, 100)
    assert rich.wallet.held == 0


def test_a_real_trade_on_live_prices_wins_real_money(rich: Trader, stage: Stage) -> None:
    place_real(rich)
    assert end(stage, LIVE, LIVE).outcome == "won"
    assert (rich.real_wallet.balance, rich.wallet.balance) == (585, 10000)
    assert_the_ledger_balances()


@pytest.mark.parametrize("source", [SIMULATED, REPLAY])
def test_it_refuses_a_real_order_unless_the_newest_price_is_live(rich: Trader, stage: Stage, source: Source) -> None:
    stage.price(NOON + 2 * SECOND, "60000.00", source=source)
    with pytest.raises(RealMoneyNeedsLivePrices):
        rich.place(at=NOON + 2 * SECOND, demo=False)
    assert rich.real_wallet.held == 0
    rich.place(at=NOON + 2 * SECOND)


def test_it_refuses_a_real_order_in_a_currency_that_is_no_longer_offered(rich: Trader, settings: Settings) -> None:
    settings.REAL_CURRENCIES = ()
    with pytest.raises(CurrencyNotOffered):
        place_real(rich)


def test_it_refuses_a_real_order_without_a_real_wallet(rich: Trader, bob: Trader) -> None:
    with pytest.raises(InsufficientFunds):
        place_real(bob)


@pytest.mark.parametrize(("entry", "close"), [(SIMULATED, LIVE), (LIVE, SIMULATED), (LIVE, REPLAY), (REPLAY, REPLAY)])
def test_a_real_trade_whose_prices_were_not_live_returns_its_stake(
    rich: Trader, stage: Stage, entry: Source, close: Source
) -> None:
    place_real(rich)
    trade = end(stage, entry, close)
    assert (trade.outcome, trade.void_reason, trade.exit_price) == ("voided", "simulated-price", None)
    assert (rich.real_wallet.balance, rich.real_wallet.held) == (500, 0)
    assert_the_ledger_balances()


def test_a_demo_trade_beside_it_counts_any_price(rich: Trader, stage: Stage) -> None:
    place_real(rich)
    demo = rich.place(at=NOON + SECOND)
    assert end(stage, SIMULATED, SIMULATED).outcome == "voided"
    demo.refresh_from_db()
    assert demo.outcome == "won"
    assert (rich.real_wallet.balance, rich.wallet.balance) == (500, 10085)


@pytest.mark.parametrize(("offset", "outcome"), [(-4, "voided"), (-5, "won")])
def test_of_an_averaged_exit_every_price_must_be_live(rich: Trader, stage: Stage, offset: int, outcome: str) -> None:
    trade = rich.place(at=NOON + SECOND, demo=False, seconds=300)
    stage.price(trade.entry_at, "60000.00", source=LIVE)
    for second in range(-6, 1):
        source = SIMULATED if second == offset else LIVE
        stage.price(trade.expires_at + second * SECOND, "60001.00", source=source)
    settle_due_trades(instrument=SYMBOL, now=trade.expires_at)
    trade.refresh_from_db()
    assert trade.outcome == outcome


def test_a_batch_of_both_books_holds_each_stake_in_its_own(rich: Trader) -> None:
    orders = [
        Order(rich.user.pk, f"both-{n}", SYMBOL, Direction.UP, Decimal(300), 60, demo=bool(n % 2)) for n in range(4)
    ]
    results = open_trades(orders, clock=standing(NOON + SECOND))
    assert [type(result) for result in results] == [Accepted, Accepted, InsufficientForStake, Accepted]
    assert (rich.real_wallet.held, rich.wallet.held) == (300, 600)


@pytest.mark.refusals
@pytest.mark.django_db(transaction=True)
def test_one_key_in_both_books_at_once_is_one_trade_and_a_refusal() -> None:
    alice, stage = trader("alice"), open_stage()
    alice.pay_in("500")
    stage.price(NOON + SECOND, "60000.00", source=LIVE)

    def place(key: str, *, demo: bool) -> object:
        order = Order(alice.user.pk, key, SYMBOL, Direction.UP, Decimal(10), 60, demo=demo)
        return open_trade(order, clock=standing(NOON + SECOND))

    for n in range(10):
        results = at_once([partial(place, f"key-{n}", demo=demo) for demo in (True, False)])
        assert Counter(type(result) for result in results) == {Accepted: 1, IdempotencyKeyReused: 1}
    assert FlashTrade.objects.count() == 10
    assert alice.wallet.held + alice.real_wallet.held == 100
    assert_the_ledger_balances()


@pytest.mark.django_db(transaction=True)
def test_batches_over_both_books_never_deadlock() -> None:
    people, stage = [trader("alice"), trader("bob")], open_stage()
    for person in people:
        person.pay_in("1000")
    stage.price(NOON + SECOND, "60000.00", source=LIVE)

    def place(hand: int) -> list[object]:
        orders = [
            Order(who.user.pk, f"{hand}-{n}-{demo}", SYMBOL, Direction.UP, Decimal(1), 60, demo=demo)
            for n in range(10)
            for who in people
            for demo in (True, False)
        ]
        return list(open_trades(orders[:: 1 if hand % 2 else -1], clock=standing(NOON + SECOND)))

    for results in at_once([partial(place, hand) for hand in range(6)]):
        assert not isinstance(results, Exception), results
        assert {type(result) for result in results} == {Accepted}
    assert [(who.wallet.held, who.real_wallet.held) for who in people] == [(60, 60)] * 2
