"""Limits against orders that race them, each over its own connection."""

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from functools import partial

import pytest

from accounts.domain.errors import Refusal
from accounts.domain.limits.exclusions import SelfExcluded
from accounts.domain.limits.limit_changes import LimitChange
from accounts.domain.limits.own_limits import LimitKind, LimitReached
from accounts.services.limits.self_exclude import self_exclude
from accounts.services.limits.set_trading_limits import set_trading_limits
from accounts.tests.audit import assert_the_ledger_balances
from accounts.tests.cast import NOON, standing
from accounts.tests.threads import at_once
from trading.domain.orders import Order
from trading.domain.terms import Direction
from trading.models import FlashTrade
from trading.services.orders.open_trades import Accepted, open_trades
from trading.tests.cast import SYMBOL, Trader, open_stage, trader

pytestmark = pytest.mark.django_db(transaction=True)


Result = Accepted | Refusal


@dataclass
class Hand:
    """A person who places orders of 10 one after the other; keeps each answer with the time of its order."""

    who: Trader
    number: int
    orders: int
    answers: list[tuple[float, Result]] = field(default_factory=list)

    def __call__(self) -> float:
        for n in range(self.orders):
            order = Order(self.who.user.pk, f"{self.number}-{n}", SYMBOL, Direction.UP, Decimal(10), 60)
            sent = time.monotonic()
            self.answers += [(sent, result) for result in open_trades([order], clock=standing(NOON))]
        return time.monotonic()

    def accepted(self, since: float = 0) -> int:
        return sum(isinstance(result, Accepted) for sent, result in self.answers if sent >= since)


def play(*calls: Callable[[], float]) -> list[float]:
    """Run all at once; returns the end of each. None of them fails."""
    ends = at_once(calls)
    assert not [end for end in ends if isinstance(end, Exception)]
    return [end for end in ends if isinstance(end, float)]


def limit(who: Trader, kind: LimitKind, amount: int, days: int = 0) -> float:
    """Set the limit; returns the time when that was done."""
    wish = LimitChange(kind, "USDT", True, days, Decimal(amount))
    set_trading_limits(user_id=who.user.pk, changes=[wish], now=NOON)
    return time.monotonic()


@pytest.mark.long
@pytest.mark.parametrize(
    ("kind", "days", "amount", "fit"),
    [
        (LimitKind.LOSS, 7, 95, 9),
        (LimitKind.TURNOVER, 1, 100, 10),
        (LimitKind.OPEN_TRADES, 0, 7, 7),
    ],
)
def test_of_100_orders_at_once_only_those_that_fit_are_accepted(
    kind: LimitKind, days: int, amount: int, fit: int
) -> None:
    alice, _ = trader("alice"), open_stage()
    limit(alice, kind, amount, days)
    hands = [Hand(alice, number, 5) for number in range(20)]

    play(*hands)

    found = Counter(type(result) for hand in hands for _, result in hand.answers)
    assert found == {Accepted: fit, LimitReached: 100 - fit}
    assert (alice.wallet.held, FlashTrade.objects.count()) == (10 * fit, fit)
    assert_the_ledger_balances()


@pytest.mark.long
@pytest.mark.parametrize(("kind", "days"), [(LimitKind.LOSS, 7), (LimitKind.TURNOVER, 7), (LimitKind.OPEN_TRADES, 0)])
def test_100_orders_race_a_limit_that_is_lowered(kind: LimitKind, days: int) -> None:
    """An order after the lowering is accepted only if it fits the lowered limit."""
    alice, _ = trader("alice"), open_stage()
    limit(alice, kind, 900, days)
    hands = [Hand(alice, number, 10) for number in range(10)]

    *_, lowered_at = play(*hands, partial(limit, alice, kind, 5 if kind is LimitKind.OPEN_TRADES else 50, days))

    trades = FlashTrade.objects.count()
    assert trades == sum(hand.accepted() for hand in hands)
    assert trades <= 5 or not any(hand.accepted(since=lowered_at) for hand in hands)
    last = Hand(alice, 99, 1)
    last()
    assert last.accepted() == (trades < 5)
    assert_the_ledger_balances()


def test_no_order_is_accepted_after_a_self_exclusion_that_it_races() -> None:
    alice, _ = trader("alice"), open_stage()
    hands = [Hand(alice, number, 10) for number in range(10)]

    def exclude() -> float:
        self_exclude(user_id=alice.user.pk, months=6, clock=standing(NOON))
        return time.monotonic()

    *_, excluded_at = play(*hands, exclude)

    answers = [answer for hand in hands for answer in hand.answers]
    assert {type(result) for _, result in answers} <= {Accepted, SelfExcluded}
    assert not any(hand.accepted(since=excluded_at) for hand in hands)
    for hand in hands:  # after one refusal, a hand gets only refusals
        kinds = [isinstance(result, SelfExcluded) for _, result in hand.answers]
        assert kinds == sorted(kinds)
    last = Hand(alice, 99, 1)
    last()
    assert last.accepted() == 0
    assert sum(hand.accepted() for hand in hands) == FlashTrade.objects.count()
    assert_the_ledger_balances()
