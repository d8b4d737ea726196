"""The house's liability: a sold trade counts against no cap any more, in any batch."""

from collections import Counter
from collections.abc import Iterable
from contextlib import suppress
from datetime import UTC
from decimal import Decimal
from functools import partial
from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.domain.errors import Refusal
from accounts.tests.audit import assert_the_ledger_balances
from accounts.tests.threads import at_once
from monitoring.services.reconcile_ledger import reconcile_ledger
from trading.domain.caps import IN_TOTAL, STRIPES
from trading.domain.terms import Direction
from trading.models import FlashTrade, Instrument, LiabilitySlot
from trading.selectors.liability import imbalances
from trading.services.settlement.settle_due_trades import settle_due_trades
from trading.tests.cast import SYMBOL, Stage, Trader, open_stage, trader
from trading.tests.closing import HISTORY, Scene, ask, at
from trading.tests.voids import Staff

pytestmark = pytest.mark.django_db(transaction=True)


def cap(instrument: Instrument) -> None:
    Instrument.objects.filter(pk=instrument.pk).update(liability_max=5000, bucket_liability_max=3000)


def market(instrument: Stage) -> Scene:
    """A capped market with a minute of prices behind it."""
    cap(instrument.instrument)
    for second in range(5, HISTORY + 1, 5):
        instrument.price(at(second), "60003.00" if second % 2 else "60000.00")
    return Scene(instrument, HISTORY)


def assert_the_open_trades_are_counted(instrument: Instrument) -> None:
    """Each stripe of each bucket, computed differently than in the service: one trade after the other."""
    used, tilt = Counter[object](), Counter[object]()
    for trade in FlashTrade.objects.filter(instrument=instrument).exclude(state="settled"):
        for bucket in (IN_TOTAL, trade.expires_at.astimezone(UTC).replace(second=0)):
            slot = (trade.demo, bucket, trade.wallet_id % STRIPES)
            used[slot] += trade.payout - trade.stake  # type: ignore[assignment]
            tilt[slot] += (trade.payout - trade.stake) * (1 if trade.direction == "up" else -1)  # type: ignore[assignment]
    counted = {
        (slot.demo, slot.bucket, slot.stripe): (slot.used, slot.tilt)
        for slot in LiabilitySlot.objects.filter(instrument=instrument)
        if slot.used or slot.tilt
    }
    assert counted == {slot: (used[slot], tilt[slot]) for slot in used}


NUMBERS = count()
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("open"), st.integers(0, 2), st.sampled_from(Direction), st.sampled_from([15, 60])),
        st.tuples(st.just("close"), st.integers(0, 5), st.sampled_from([None, "20", "90", "150"])),
        st.tuples(st.just("void"), st.integers(0, 5)),
        st.tuples(st.just("pass"), st.integers(1, 12)),
        st.tuples(st.just("gap"), st.integers(1, 6)),
    ),
    min_size=10,
    max_size=40,
)


@pytest.fixture
def staff(transactional_db: None) -> Staff:
    return Staff()


@pytest.mark.long
@given(steps=STEPS)
@settings(max_examples=12)
def test_after_any_mixture_the_open_trades_are_what_is_counted(staff: Staff, steps: list[tuple[object, ...]]) -> None:
    number = next(NUMBERS)
    instrument = Instrument.objects.create(symbol=f"L{number}-USDT", pip=Decimal("0.01"), durations=[15, 60])
    scene, people = market(Stage(instrument)), [trader(f"l{number}-{n}") for n in range(3)]
    for step in steps:
        with suppress(Refusal):
            take(step, scene, people, staff)
        assert_the_open_trades_are_counted(instrument)
    settle_due_trades(instrument=instrument.symbol, now=at(10_000))
    assert_the_open_trades_are_counted(instrument)
    assert imbalances([instrument.pk]).get((instrument.pk, True), 0) == 0
    assert reconcile_ledger().faults == ()


def take(step: tuple[object, ...], scene: Scene, people: list[Trader], staff: Staff) -> None:
    match step:
        case ("open", int(who), Direction() as direction, int(seconds)):
            now, symbol = at(scene.second + 0.25), scene.stage.instrument.symbol
            people[who].place(at=now, seconds=seconds, direction=direction, symbol=symbol, stake="30")
        case ("close", int(nth), minimum):
            trade = nth_of(FlashTrade.objects.filter(instrument=scene.stage.instrument, state="open"), nth)
            least = None if minimum is None else str(minimum)
            ask(trade, now=at(scene.second + 0.5), min_price=least) if trade else None
        case ("void", int(nth)):
            settled = FlashTrade.objects.filter(instrument=scene.stage.instrument, state="settled", correction=None)
            trade = nth_of(settled, nth)
            staff.void(trade.pk) if trade else None
        case ("pass", int(seconds)):
            scene.go_to(scene.second + seconds)
        case ("gap", int(seconds)):
            scene.skip_to(scene.second + seconds)


def nth_of(trades: Iterable[FlashTrade], nth: int) -> FlashTrade | None:
    found = list(trades)
    return found[nth % len(found)] if found else None


@pytest.mark.long
def test_closes_and_settlements_at_once_leave_nothing_counted() -> None:
    """Fifty trades of ten people: half get a close order in the last possible second, while workers settle."""
    people, stage = [trader(f"trader{n}") for n in range(10)], open_stage()
    scene = market(stage)
    for n in range(50):
        direction = Direction.UP if n % 3 else Direction.DOWN
        people[n % 10].place(key=f"{n}", at=at(HISTORY), stake="20", direction=direction)
    scene.go_to(HISTORY + 1)
    trades = list(FlashTrade.objects.order_by("id"))
    assert_the_open_trades_are_counted(stage.instrument)

    scene.go_to(84)
    asking = [partial(ask, trade, now=at(84.5)) for trade in trades[::2] for _ in range(2)]
    settling = [partial(settle_due_trades, instrument=SYMBOL, now=at(second)) for second in (84, 102)]
    assert_no_errors(at_once(asking))
    stage.past((at(second), "60000.00" if second % 2 else "60003.00") for second in range(85, 103))
    assert_no_errors(at_once([*settling * 10, *asking]))
    settle_due_trades(instrument=SYMBOL, now=at(103))

    assert set(FlashTrade.objects.values_list("state", flat=True)) == {"settled"}
    assert FlashTrade.objects.filter(outcome="sold").count() == 25
    assert_the_open_trades_are_counted(stage.instrument)
    assert reconcile_ledger().faults == ()
    assert_the_ledger_balances()


def assert_no_errors(results: Iterable[object]) -> None:
    assert [result for result in results if isinstance(result, Exception) and not isinstance(result, Refusal)] == []
