"""The operator's caps: on the house's liability for an instrument, and on one trader's trades there."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from accounts.domain.errors import Refusal
from accounts.tests.cast import NOON, standing
from trading.domain.caps import IN_TOTAL, CapacityReached, StakeCapReached, TooManyOpenTrades
from trading.domain.orders import Order
from trading.domain.prices import Source
from trading.domain.terms import Direction
from trading.models import FlashTrade, Instrument, LiabilitySlot
from trading.selectors.cap_usage import WalletOn, usage_on_instruments
from trading.selectors.liability import liability_faults
from trading.services.orders.open_trades import Accepted, open_trades
from trading.services.settlement.settle_due_trades import settle_due_trades
from trading.tests.caps import cap
from trading.tests.cast import Stage, Trader


def counted(*, in_total: bool = True) -> Decimal:
    slots = LiabilitySlot.objects.all()
    chosen = slots.filter(bucket=IN_TOTAL) if in_total else slots.exclude(bucket=IN_TOTAL)
    return sum((slot.used for slot in chosen), Decimal(0))


def settle(stage: Stage, *, exit_price: str = "60001.00") -> None:
    stage.price(NOON + timedelta(seconds=1), "60000.00")
    stage.price(NOON + timedelta(seconds=61), exit_price)
    settle_due_trades(instrument=stage.instrument.symbol, now=NOON + timedelta(seconds=61))


def test_no_trade_goes_beyond_the_cap_and_the_refusal_says_what_would_fit(stage: Stage, alice: Trader) -> None:
    cap(stage, liability_max=100)
    alice.place(stake="100")

    with pytest.raises(CapacityReached) as caught:
        alice.place(stake="20")

    assert caught.value.extra == {"scope": "instrument", "stake_left": "17.64"}
    alice.place(stake="17.64")
    assert (counted(), alice.wallet.held) == (Decimal("99.99"), Decimal("117.64"))
    assert liability_faults() == []


def test_a_bucket_is_a_minute_of_expiries(stage: Stage, alice: Trader) -> None:
    cap(stage, bucket_liability_max=85)
    alice.place(seconds=15)  # until 12:00:16
    with pytest.raises(CapacityReached) as caught:
        alice.place(seconds=30)  # until 12:00:31
    assert caught.value.extra == {"scope": "expiry", "stake_left": "0.00"}
    alice.place(seconds=60)
    assert (counted(), counted(in_total=False)) == (0, 170)


def test_each_instrument_is_counted_by_itself(stage: Stage, alice: Trader) -> None:
    cap(stage, liability_max=85)
    alice.place()
    other = Instrument.objects.create(symbol="ETH-USDT", pip=Decimal("0.01"), durations=[60], liability_max=85)
    Stage(other).price(NOON, "3000.00")
    alice.place(symbol="ETH-USDT")
    assert counted() == 170


def test_demo_and_real_are_counted_apart(stage: Stage, alice: Trader, settings: Settings) -> None:
    settings.REAL_CURRENCIES = ["USDT"]
    cap(stage, liability_max=85, open_trades_max=1)
    alice.pay_in("500")
    now = NOON + timedelta(seconds=1)
    stage.price(now, "60000.00", source=Source.LIVE)
    for demo in (True, False):
        alice.place(at=now, demo=demo)
        with pytest.raises(TooManyOpenTrades):
            alice.place(at=now, demo=demo)
    cap(stage, open_trades_max=None)
    for demo in (True, False):
        with pytest.raises(CapacityReached):
            alice.place(at=now, demo=demo)
    used = LiabilitySlot.objects.filter(bucket=IN_TOTAL).exclude(used=0).values_list("demo", "used")
    assert sorted(used) == [(False, 85), (True, 85)]


@pytest.mark.parametrize("exit_price", ["60001.00", "59999.00", "60000.00"])
def test_a_trade_that_has_settled_leaves_room(stage: Stage, alice: Trader, exit_price: str) -> None:
    cap(stage, liability_max=85, bucket_liability_max=85)
    alice.place()
    settle(stage, exit_price=exit_price)
    assert (counted(), counted(in_total=False)) == (0, 0)
    alice.place(at=NOON + timedelta(seconds=61))
    assert liability_faults() == []


def test_a_void_trade_leaves_room(stage: Stage, alice: Trader) -> None:
    cap(stage, liability_max=85, bucket_liability_max=85)
    alice.place()
    settle_due_trades(instrument=stage.instrument.symbol, now=NOON + timedelta(minutes=10))
    assert FlashTrade.objects.get().outcome == "voided"
    assert (counted(), counted(in_total=False)) == (0, 0)


def test_empty_buckets_are_swept_when_their_minute_is_long_over(stage: Stage, alice: Trader) -> None:
    cap(stage, bucket_liability_max=85)
    alice.place()
    settle(stage)
    later = NOON + timedelta(minutes=20)
    stage.price(later, "60000.00")
    alice.place(at=later)
    stage.prices(later + timedelta(seconds=1), ["60000.00"] * 62)
    settle_due_trades(instrument=stage.instrument.symbol, now=later + timedelta(seconds=61))
    assert LiabilitySlot.objects.earliest("bucket").bucket == later + timedelta(minutes=1)


def test_a_cap_that_is_set_later_counts_the_trades_that_are_there(stage: Stage, alice: Trader) -> None:
    alice.place()
    assert not LiabilitySlot.objects.exists()
    cap(stage, liability_max=100)
    assert counted() == 85
    with pytest.raises(CapacityReached):
        alice.place()
    settle(stage)
    assert counted() == 0


def test_a_cap_that_is_lowered_holds_until_enough_has_ended(stage: Stage, alice: Trader) -> None:
    cap(stage, liability_max=10_000)
    for seconds in (15, 60, 60):
        alice.place(seconds=seconds)
    cap(stage, liability_max=100)
    with pytest.raises(CapacityReached):
        alice.place(stake="1")
    stage.price(NOON + timedelta(seconds=1), "60000.00")
    stage.price(NOON + timedelta(seconds=16), "60000.00")
    settle_due_trades(instrument=stage.instrument.symbol, now=NOON + timedelta(seconds=16))
    assert counted() == 170
    with pytest.raises(CapacityReached):
        alice.place(at=NOON + timedelta(seconds=16), stake="1")
    cap(stage, liability_max=None)
    assert not LiabilitySlot.objects.exists()
    alice.place(at=NOON + timedelta(seconds=16))
    assert liability_faults() == []


def test_in_a_batch_each_order_is_decided_by_itself(stage: Stage, alice: Trader, bob: Trader) -> None:
    cap(stage, liability_max=100, bucket_liability_max=90)
    stakes = [(alice, 100), (bob, 20), (alice, 6), (bob, 5), (alice, 5)]
    orders = [
        Order(who.user.pk, f"key-{n}", stage.instrument.symbol, Direction.UP, Decimal(stake), 15 if n == 4 else 60)
        for n, (who, stake) in enumerate(stakes)
    ]

    results = open_trades(orders, clock=standing(NOON))

    assert [type(result) for result in results] == [Accepted, CapacityReached, CapacityReached, Accepted, Accepted]
    assert [result.extra["scope"] for result in results if isinstance(result, Refusal)] == ["instrument", "expiry"]
    assert (alice.wallet.held, bob.wallet.held, counted()) == (105, 5, Decimal("93.50"))
    assert liability_faults() == []


def test_one_trader_may_have_so_many_open_trades_on_an_instrument(stage: Stage, alice: Trader, bob: Trader) -> None:
    cap(stage, open_trades_max=2)
    alice.place()
    alice.place()
    with pytest.raises(TooManyOpenTrades) as caught:
        alice.place()
    assert caught.value.extra == {"open_trades": 2, "open_trades_max": 2}
    bob.place()
    settle(stage)
    alice.place(at=NOON + timedelta(seconds=61))


def test_one_trader_may_stake_so_much_in_a_window(stage: Stage, alice: Trader, bob: Trader) -> None:
    cap(stage, staked_max=150, stake_window_seconds=600)
    alice.place()
    with pytest.raises(StakeCapReached) as caught:
        alice.place(stake="50.01")
    assert caught.value.extra == {
        "staked": "100.00",
        "staked_max": "150.00",
        "stake_left": "50.00",
        "window_seconds": 600,
    }
    alice.place(stake="50")
    bob.place()
    later = NOON + timedelta(seconds=600)
    stage.price(later, "60000.00")
    alice.place(at=later, stake="150")


@pytest.mark.parametrize("late", [timedelta(), timedelta(minutes=9)])
def test_the_window_counts_trades_under_way_and_ended_ones_alike(stage: Stage, alice: Trader, late: timedelta) -> None:
    """By their acceptance, also when the settler's clock is late: it then dates an end before the window."""
    second = timedelta(seconds=1)
    alice.place(stake="1")
    alice.place(stake="2", seconds=3600)
    stage.prices(NOON + second, ["60000.00"] * 61)
    settle_due_trades(instrument=stage.instrument.symbol, now=NOON + 61 * second - late)
    alice.place(at=NOON + 61 * second, stake="4")
    for began, staked in ((NOON - second, 7), (NOON, 4), (NOON + 61 * second, 0)):
        wanted = WalletOn(alice.wallet.id, alice.user.pk, stage.instrument.pk, began)
        (usage,) = usage_on_instruments([wanted]).values()
        assert (usage.open_trades, usage.staked) == (2, staked)


def test_a_batch_counts_its_own_orders_against_a_traders_caps(stage: Stage, alice: Trader) -> None:
    cap(stage, open_trades_max=3, staked_max=25)
    orders = [
        Order(alice.user.pk, f"key-{n}", stage.instrument.symbol, Direction.UP, Decimal(10), 60) for n in range(4)
    ]
    results = open_trades(orders, clock=standing(NOON))
    assert [type(result) for result in results] == [Accepted, Accepted, StakeCapReached, StakeCapReached]


@pytest.mark.parametrize(("caps", "more"), [({}, 0), ({"liability_max": 10_000}, 1), ({"open_trades_max": 9}, 1)])
def test_an_order_pays_only_for_the_caps_there_are(
    stage: Stage, alice: Trader, caps: dict[str, int], more: int
) -> None:
    queries = []
    alice.place(stake="1")  # the first receipt makes the key that signs, the second one reads it
    for _ in range(2):  # the second time there is a cap, which has been allotted to the stripes
        alice.place(stake="1")
        with CaptureQueriesContext(connection) as found:
            alice.place(stake="1")
        queries.append(len(found))
        cap(stage, **caps)
    assert queries[1] - queries[0] == more


def test_the_reconciliation_finds_a_miscount(stage: Stage, alice: Trader) -> None:
    cap(stage, liability_max=10_000)
    alice.place()
    LiabilitySlot.objects.exclude(used=0).update(used=84)
    (fault,) = liability_faults()
    assert (fault.check, fault.detail) == (
        "liability-equals-open-trades",
        "counted 84.00000000, tilt 85.00000000; by its open trades 85.00000000, tilt 85.00000000",
    )
    LiabilitySlot.objects.exclude(used=0).update(used=85, tilt=-85)
    assert [fault.check for fault in liability_faults()] == ["liability-equals-open-trades"]
    cap(stage, liability_max=10_001)
    assert liability_faults() == []
