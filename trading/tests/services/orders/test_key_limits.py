"""An API key keeps to its own limits, however its orders come."""

from collections import Counter, defaultdict
from datetime import timedelta
from decimal import Decimal
from functools import partial
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.domain.access.key_limits import KeyLimitReached, KeyLimits
from accounts.domain.errors import Refusal
from accounts.tests.audit import assert_the_ledger_balances
from accounts.tests.cast import NOON, standing
from accounts.tests.keys import made_key
from accounts.tests.threads import at_once
from trading.domain.orders import Order
from trading.domain.terms import Direction
from trading.models import FlashTrade, KeyTrade
from trading.selectors.orders.key_usage import usage_of_keys
from trading.services.orders.open_trades import Accepted, open_trades
from trading.services.settlement.settle_due_trades import settle_due_trades
from trading.tests.cast import SYMBOL, Stage, Trader, open_stage, trader

DAY = timedelta(days=1)
NUMBERS = count()


def key_of(who: Trader, **limits: object) -> int:
    return int(made_key(who, limits=KeyLimits(**limits)).key.pk)  # type: ignore[arg-type]


def order(who: Trader, name: str, stake: str = "10", key: int | None = None) -> Order:
    return Order(who.user.pk, name, SYMBOL, Direction.UP, Decimal(stake), 60, api_key_id=key)


def results(*orders: Order, at: object = NOON) -> list[str]:
    answers = open_trades(orders, clock=standing(at))  # type: ignore[arg-type]
    return [str(r.extra["limit"]) if isinstance(r, KeyLimitReached) else getattr(r, "code", "ok") for r in answers]


def test_each_limit_by_itself(stage: Stage, alice: Trader) -> None:
    largest = key_of(alice, stake_max=Decimal(10))
    daily = key_of(alice, stake_a_day=Decimal(25))
    few = key_of(alice, open_trades_max=2)
    assert results(order(alice, "a", "10.01", largest), order(alice, "b", "10", largest)) == ["stake_max", "ok"]
    assert results(*(order(alice, f"d{n}", "10", daily) for n in range(3))) == ["ok", "ok", "stake_a_day"]
    assert results(order(alice, "d4", "5", daily), order(alice, "d5", "1", daily)) == ["ok", "stake_a_day"]
    assert results(*(order(alice, f"f{n}", "1", few) for n in range(3))) == ["ok", "ok", "open_trades_max"]
    assert results(order(alice, "own", "100")) == ["ok"]


def test_a_key_without_limits_and_other_keys_leave_no_trace(stage: Stage, alice: Trader) -> None:
    free, bound = key_of(alice), key_of(alice, open_trades_max=1)
    assert results(*(order(alice, f"x{n}", "10", free) for n in range(5)), order(alice, "y", "10", bound)) == ["ok"] * 6
    assert list(KeyTrade.objects.values_list("key_id", "trade__idempotency_key")) == [(bound, "y")]


def test_a_replay_is_answered_and_counts_for_nothing(stage: Stage, alice: Trader) -> None:
    key = key_of(alice, stake_a_day=Decimal(20), open_trades_max=2)
    assert results(order(alice, "a", "10", key)) == ["ok"]
    assert results(*[order(alice, "a", "10", key)] * 3, order(alice, "b", "10", key)) == ["ok"] * 4
    assert results(order(alice, "a", "10", key), order(alice, "c", "1", key)) == ["ok", "stake_a_day"]


def test_a_refused_order_counts_for_nothing(stage: Stage, alice: Trader) -> None:
    key = key_of(alice, stake_a_day=Decimal(30_000))
    assert results(order(alice, "a", "20000", key))[0] not in ("ok", "stake_a_day")
    assert results(order(alice, "b", "100", key)) == ["ok"]
    assert KeyTrade.objects.count() == FlashTrade.objects.count() == 1


def test_a_settled_trade_makes_room_and_a_new_day_too(stage: Stage, alice: Trader) -> None:
    key = key_of(alice, open_trades_max=1, stake_a_day=Decimal(20))
    assert results(order(alice, "a", "10", key), order(alice, "b", "10", key)) == ["ok", "open_trades_max"]
    stage.prices(NOON + timedelta(seconds=1), ["60000.00"] * 61)
    settle_due_trades(instrument=SYMBOL, now=NOON + timedelta(seconds=61))
    later = NOON + timedelta(seconds=61)
    assert results(order(alice, "c", "10", key), at=later) == ["ok"]
    usage = usage_of_keys([key], owners=[alice.user.pk], now=later)[key]
    assert (usage.open_trades, sum(usage.staked.values())) == (1, 20)
    tomorrow = usage_of_keys([key], owners=[alice.user.pk], now=later + DAY)[key]
    assert (tomorrow.open_trades, tomorrow.staked) == (1, {})


STAKES = st.sampled_from(["1", "3", "7.5", "10", "25"])
BATCHES = st.lists(st.lists(st.tuples(st.integers(0, 2), STAKES), min_size=1, max_size=5), min_size=1, max_size=5)
AMOUNTS = st.none() | st.integers(1, 40).map(Decimal)


LIMITS = st.lists(st.tuples(AMOUNTS, AMOUNTS, st.none() | st.integers(1, 5)), min_size=3, max_size=3)


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(limits=LIMITS, batches=BATCHES)
def test_any_orders_in_any_batches_are_judged_as_one_after_the_other(
    stage: Stage,
    limits: list[tuple[Decimal | None, Decimal | None, int | None]],
    batches: list[list[tuple[int, str]]],
) -> None:
    who = trader(f"p{next(NUMBERS)}")
    keys = [key_of(who, stake_max=a, stake_a_day=b, open_trades_max=c) for a, b, c in limits]
    staked: defaultdict[int, Decimal] = defaultdict(Decimal)
    held: Counter[int] = Counter()
    for number, batch in enumerate(batches):
        told = results(*(order(who, f"{number}-{n}", stake, keys[at]) for n, (at, stake) in enumerate(batch)))
        for (at, stake), result in zip(batch, told, strict=True):
            most, daily, few = limits[at]
            fits = (
                (most is None or Decimal(stake) <= most)
                and (daily is None or staked[at] + Decimal(stake) <= daily)
                and (few is None or held[at] < few)
            )
            assert (result == "ok") is fits, (result, limits[at])
            if fits:
                staked[at] += Decimal(stake)
                held[at] += 1
    assert_the_ledger_balances()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("limits", [{"open_trades_max": 7}, {"stake_a_day": Decimal(70)}])
def test_50_parallel_orders_never_exceed_a_keys_limit(limits: dict[str, object]) -> None:
    open_stage()
    alice = trader("alice")
    key = key_of(alice, **limits)

    def place(number: int) -> Accepted | Refusal:
        (answer,) = open_trades([order(alice, f"order-{number}", "10", key)], clock=standing(NOON))
        return answer

    answers = at_once([partial(place, number) for number in range(50)])
    assert Counter(type(answer) for answer in answers) == {Accepted: 7, KeyLimitReached: 43}
    assert FlashTrade.objects.count() == KeyTrade.objects.count() == 7
    assert alice.wallet.held == 70
    assert_the_ledger_balances()
