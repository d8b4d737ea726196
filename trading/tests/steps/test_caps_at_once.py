"""Orders that race for the last part of a capacity, against settlements and changes of the cap, on many connections."""

import random
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import pytest

from accounts.domain.errors import Refusal
from accounts.tests.audit import assert_the_ledger_balances
from accounts.tests.cast import NOON, standing
from accounts.tests.threads import at_once
from monitoring.services.reconcile_ledger import reconcile_ledger
from trading.domain.caps import IN_TOTAL, CapacityReached
from trading.domain.orders import Order
from trading.domain.terms import Direction
from trading.models import FlashTrade, Instrument, LiabilitySlot
from trading.services.orders.open_trades import Accepted, open_trades
from trading.services.settlement.settle_due_trades import settle_due_trades
from trading.tests.cast import SYMBOL, Stage, Trader, open_stage, trader

pytestmark = pytest.mark.django_db(transaction=True)
STAKE = Decimal("50")
LIABILITY = Decimal("42.5")
FIT = 23
"""The last 1,000 of a capacity have room for 23 of these: 977.50."""


def order(who: Trader, key: str, stake: Decimal = STAKE, seconds: int = 60) -> Order:
    return Order(who.user.pk, key, SYMBOL, Direction.UP, stake, seconds)


def cap(**caps: Any) -> None:
    Instrument.objects.filter(symbol=SYMBOL).update(**caps)


def owed() -> Decimal:
    trades = FlashTrade.objects.exclude(state="settled")
    return sum((trade.payout - trade.stake for trade in trades), Decimal(0))


def play(*calls: Callable[[], Any]) -> list[Any]:
    """Run all at once; none of them fails."""
    results = at_once(calls)
    assert not [result for result in results if isinstance(result, Exception)]
    return results


def assert_counted() -> None:
    assert reconcile_ledger().faults == ()
    assert_the_ledger_balances()


def hand(people: list[Trader], number: int, orders: int, a_batch: int) -> Callable[[], list[type]]:
    """Place this many orders of different people, some per transaction; returns the result of each."""

    def place() -> list[type]:
        chance, results = random.Random(number), list[Accepted | Refusal]()
        for first in range(0, orders, a_batch):
            batch = [order(chance.choice(people), f"{number}-{n}") for n in range(first, first + a_batch)]
            results += open_trades(batch, clock=standing(NOON))
        return [type(result) for result in results]

    return place


@pytest.mark.long
@pytest.mark.parametrize(
    "caps", [("liability_max",), ("bucket_liability_max",), ("liability_max", "bucket_liability_max")]
)
@pytest.mark.parametrize("a_batch", [1, 25])
def test_200_orders_race_for_the_last_thousand(caps: tuple[str, ...], a_batch: int) -> None:
    people, _stage = [trader(f"trader{n}") for n in range(10)], open_stage()
    rich = trader("rich")
    cap(**dict.fromkeys(caps, 1000 + 10 * 85))
    play(*[partial(rich.place, key=f"before-{n}") for n in range(10)])

    results = play(*[hand(people, number, 200 // 8, a_batch) for number in range(8)])

    found = Counter(kind for kinds in results for kind in kinds)
    assert found == {Accepted: FIT, CapacityReached: 200 - FIT}
    assert owed() == FIT * LIABILITY + 850
    assert_counted()


@pytest.mark.long
def test_orders_settlements_and_a_changing_cap_never_let_the_count_drift() -> None:
    """Time passes while orders come; the cap is lifted, lowered and set again: the count is right at the end."""
    people, stage = [trader(f"trader{n}") for n in range(10)], open_stage()
    cap(liability_max=1000)
    for n in range(20):
        people[n % 10].place(key=f"early-{n}", stake="50", seconds=15)
    stage.prices(NOON + timedelta(seconds=1), ["60000.00"] * 16)

    def settle() -> None:
        for _ in range(8):
            settle_due_trades(instrument=SYMBOL, now=NOON + timedelta(seconds=16))

    def change() -> None:
        for amount in (None, 300, 5000, None, 1000, 2000):
            cap(liability_max=amount, bucket_liability_max=amount)

    def place(number: int) -> None:
        for n in range(10):
            batch = [order(people[(number + k) % 10], f"{number}-{n}-{k}", Decimal(5)) for k in range(1 + n % 4)]
            open_trades(batch, clock=standing(NOON + timedelta(seconds=16.5)))

    play(*[partial(place, number) for number in range(6)], settle, settle, change)
    settle()

    assert owed() == sum(LiabilitySlot.objects.filter(bucket=IN_TOTAL).values_list("used", flat=True)) > 0
    assert_counted()
    settle_due_trades(instrument=SYMBOL, now=NOON + timedelta(hours=1))
    assert not LiabilitySlot.objects.exclude(used=0).exists()
    assert_counted()


def test_batches_of_several_instruments_in_opposite_order_never_deadlock() -> None:
    people, _stage = [trader(f"trader{n}") for n in range(6)], open_stage()
    other = Instrument.objects.create(symbol="ETH-USDT", pip=Decimal("0.01"), durations=[15, 60])
    Stage(other).price(NOON, "3000.00")
    Instrument.objects.update(liability_max=300, bucket_liability_max=200)

    def place(turn: int) -> int:
        orders = [
            Order(who.user.pk, f"{turn}-{who.user.pk}-{symbol}-{seconds}", symbol, Direction.UP, Decimal(10), seconds)
            for who in people
            for symbol in (SYMBOL, "ETH-USDT")
            for seconds in (15, 60)
        ]
        ordered = orders if turn % 2 else orders[::-1]
        results = [result for n in range(0, 24, 8) for result in open_trades(ordered[n : n + 8], clock=standing(NOON))]
        return sum(isinstance(result, Accepted) for result in results)

    accepted = play(*[partial(place, turn) for turn in range(8)])

    # 300 have room for 35 of 8.50 on each instrument, at most 23 of which expire in one minute.
    assert sum(accepted) == FlashTrade.objects.count() == 2 * 35
    assert_counted()
