"""Traders' own limits at the moment of an order."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from accounts.domain.access.scopes import AccountClosed, AccountFrozen
from accounts.domain.errors import Refusal
from accounts.domain.limits.exclusions import SelfExcluded, TimedOut
from accounts.domain.limits.limit_changes import LimitChange
from accounts.domain.limits.own_limits import LimitKind, LimitReached, SessionLimitReached
from accounts.models import User
from accounts.services.limits.self_exclude import self_exclude
from accounts.services.limits.set_trading_limits import set_trading_limits
from accounts.services.limits.take_time_out import take_time_out
from accounts.tests.cast import NOON, standing
from trading.domain.orders import Order
from trading.domain.terms import Direction
from trading.models import FlashTrade, Instrument
from trading.services.orders.open_trades import Accepted, open_trade, open_trades
from trading.services.settlement.settle_due_trades import settle_due_trades
from trading.tests.cast import SYMBOL, Stage, Trader

DAY = timedelta(days=1)
LIMITS = [(LimitKind.LOSS, 7), (LimitKind.TURNOVER, 7), (LimitKind.STAKE, 0), (LimitKind.OPEN_TRADES, 0)]


def limit(who: Trader, kind: LimitKind, amount: str, days: int = 0, *, demo: bool = True) -> None:
    currency, demo = ("", False) if kind is LimitKind.SESSION else ("USDT", demo)
    wish = LimitChange(kind, currency, demo, days, Decimal(amount))
    set_trading_limits(user_id=who.user.pk, changes=[wish], now=NOON)


def order(who: Trader, key: str, stake: str = "100") -> Order:
    return Order(who.user.pk, key, SYMBOL, Direction.UP, Decimal(stake), 15)


def results(orders: list[Order]) -> list[str]:
    return [r.code if isinstance(r, Refusal) else "ok" for r in open_trades(orders, clock=standing(NOON))]


def lose(stage: Stage, who: Trader, stake: str) -> None:
    """Open at noon, and settle it lost 17 seconds later."""
    who.place(stake=stake, seconds=15)
    stage.prices(NOON + timedelta(seconds=1), ["60000.00"] * 15 + ["59000.00"] * 2)
    settle_due_trades(instrument=SYMBOL, now=NOON + timedelta(seconds=17))


@pytest.mark.parametrize(
    ("kind", "days", "amount"),
    [
        (LimitKind.LOSS, 1, "250"),
        (LimitKind.TURNOVER, 30, "250"),
        (LimitKind.OPEN_TRADES, 0, "2"),
    ],
)
def test_orders_of_one_batch_count_together(
    stage: Stage, alice: Trader, bob: Trader, kind: LimitKind, days: int, amount: str
) -> None:
    limit(alice, kind, amount, days)
    orders = [order(who, f"key-{n}") for n in range(4) for who in (alice, bob)]
    assert results(orders) == ["ok", "ok"] * 2 + ["limit-reached", "ok"] * 2
    assert alice.wallet.held == 200


def test_a_refused_order_counts_for_nothing(stage: Stage, alice: Trader) -> None:
    limit(alice, LimitKind.TURNOVER, "100", 1)
    orders = [order(alice, "a", "100.01"), order(alice, "b", "60"), order(alice, "c", "40.01"), order(alice, "d", "40")]
    assert results(orders) == ["limit-reached", "ok", "limit-reached", "ok"]


def test_a_stake_above_its_limit_is_refused_with_all_that_a_program_needs(stage: Stage, alice: Trader) -> None:
    limit(alice, LimitKind.STAKE, "50")
    with pytest.raises(LimitReached) as caught:
        alice.place(stake="50.01")
    assert caught.value.extra["limit"] == "stake"
    assert alice.place(stake="50")


def test_there_is_no_trading_while_the_balance_is_above_its_limit(stage: Stage, alice: Trader) -> None:
    limit(alice, LimitKind.BALANCE, "9999.99")
    with pytest.raises(LimitReached) as caught:
        alice.place(stake="1")
    assert (caught.value.extra["used"], caught.value.extra["left"]) == ("10000.00", "0.00")


def test_a_limit_of_another_wallet_does_not_count(stage: Stage, alice: Trader) -> None:
    limit(alice, LimitKind.STAKE, "0", demo=False)
    assert alice.place(stake="100")


def test_what_is_lost_counts_with_what_is_at_risk_until_its_day_drops_out(stage: Stage, alice: Trader) -> None:
    limit(alice, LimitKind.LOSS, "150", 1)
    lose(stage, alice, "100")
    later = NOON + timedelta(seconds=17)
    with pytest.raises(LimitReached) as caught:
        alice.place(at=later, stake="50.01")
    assert (caught.value.extra["used"], caught.value.extra["resets_at"]) == ("100.00", "2026-03-02T00:00:00Z")
    alice.place(at=later, stake="50", seconds=3600)
    with pytest.raises(LimitReached):
        alice.place(at=later, stake="1")
    midnight = NOON + timedelta(hours=12)
    stage.price(midnight, "60000.00")
    with pytest.raises(LimitReached):
        alice.place(at=midnight, stake="100.01")  # yesterday's loss is gone, the 50 at risk aren't
    assert alice.place(at=midnight, stake="100")


def test_a_gain_gives_no_room_for_more_risk(stage: Stage, alice: Trader) -> None:
    limit(alice, LimitKind.LOSS, "150", 7)
    alice.place(stake="100", seconds=15)
    stage.prices(NOON + timedelta(seconds=1), ["60000.00"] * 15 + ["61000.00"] * 2)
    settle_due_trades(instrument=SYMBOL, now=NOON + timedelta(seconds=17))
    assert FlashTrade.objects.get().outcome == "won"
    with pytest.raises(LimitReached):
        alice.place(at=NOON + timedelta(seconds=17), stake="150.01")


@pytest.mark.parametrize("days", [1, 7, 30])
def test_turnover_counts_the_days_of_its_window(stage: Stage, alice: Trader, days: int) -> None:
    limit(alice, LimitKind.TURNOVER, "100", days)
    alice.place(stake="100")
    last = (NOON + days * DAY).replace(hour=0) - timedelta(milliseconds=1)
    stage.price(last.replace(microsecond=0), "60000.00")
    with pytest.raises(LimitReached):
        alice.place(at=last, stake="1")
    stage.price(last + timedelta(milliseconds=1), "60000.00")
    assert alice.place(at=last + timedelta(milliseconds=1), stake="100")


def test_a_person_trades_again_after_a_time_out(stage: Stage, alice: Trader) -> None:
    take_time_out(user_id=alice.user.pk, hours=1, clock=standing(NOON - timedelta(hours=1) + timedelta(seconds=1)))
    with pytest.raises(TimedOut) as caught:
        alice.place()
    assert caught.value.extra == {"until": "2026-03-01T12:00:01Z"}
    assert alice.place(at=NOON + timedelta(seconds=1))


def test_an_excluded_person_does_not_trade(stage: Stage, alice: Trader, bob: Trader) -> None:
    self_exclude(user_id=alice.user.pk, months=6, clock=standing(NOON))
    assert results([order(alice, "1"), order(bob, "1")]) == [SelfExcluded.code, "ok"]


def test_an_order_that_was_accepted_before_is_answered_all_the_same(stage: Stage, alice: Trader) -> None:
    first = open_trade(order(alice, "key"), clock=standing(NOON))
    self_exclude(user_id=alice.user.pk, months=6, clock=standing(NOON))
    again = open_trade(order(alice, "key"), clock=standing(NOON))
    assert (again.trade.pk, again.replayed) == (first.trade.pk, True)


def test_frozen_and_closed_people_do_not_trade(stage: Stage, alice: Trader) -> None:
    User.objects.update(is_active=False, frozen_at=NOON)
    with pytest.raises(AccountFrozen):
        alice.place()
    User.objects.update(closed_at=NOON)
    with pytest.raises(AccountClosed):
        alice.place()


def test_a_session_limit_is_for_sessions(stage: Stage, alice: Trader) -> None:
    limit(alice, LimitKind.SESSION, "30")

    def place(key: str, minutes: int | None) -> Accepted:
        began = None if minutes is None else NOON - timedelta(minutes=minutes)
        asked = Order(alice.user.pk, key, SYMBOL, Direction.UP, Decimal(1), 15, session_started_at=began)
        return open_trade(asked, clock=standing(NOON))

    assert place("young", 29)
    assert place("by an API key", None)
    with pytest.raises(SessionLimitReached) as caught:
        place("old", 30)
    assert caught.value.extra == {"minutes": 30, "ended_at": "2026-03-01T12:00:00Z"}
    assert place("young", 30).replayed


@pytest.mark.parametrize(("kind", "days"), LIMITS)
def test_limits_cost_two_queries_more_at_most_however_many_people_have_them(
    stage: Stage,
    alice: Trader,
    bob: Trader,
    django_assert_max_num_queries: Callable[[int], Any],
    kind: LimitKind,
    days: int,
) -> None:
    Instrument.objects.update(stake_min=Decimal("0.01"))
    for who in (alice, bob):
        limit(who, kind, "1000", days)
    for n in range(2):  # the very first order makes the key that signs, the next one opens it for this process
        results([order(alice, f"first-{n}", "0.5")])
    with django_assert_max_num_queries(8):
        assert set(results([order(who, f"{n}", "0.5") for n in range(20) for who in (alice, bob)])) == {"ok"}
