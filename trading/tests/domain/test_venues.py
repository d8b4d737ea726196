from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from trading.domain.index import Conversion, counted, index_of, mid_of, venue_inputs
from trading.domain.prices import Tick
from trading.domain.rules import RULES, RULES_NOW
from trading.domain.venues import ClockSkewMeter, agreeing, offset_by_call

AT = datetime(2026, 3, 1, 12, 0, 0, tzinfo=UTC)
BOUND = Decimal("0.005")
PIP = Decimal("0.01")
ms = st.integers(-5_000, 5_000).map(lambda count: timedelta(milliseconds=count))


def mids(**prices: str) -> dict[str, Decimal]:
    return {venue: Decimal(price) for venue, price in prices.items()}


def tick(venue: str, mid: Decimal | str, *, conversion: str | None = None, skewed: bool = False) -> Tick:
    return Tick(venue, Decimal(mid), Decimal(mid), None, AT, conversion, skewed)


def quoted(*prices: Decimal) -> list[Tick]:
    return [tick(f"venue{number}", price) for number, price in enumerate(prices)]


def index(ticks: list[Tick], *, before: frozenset[str] = frozenset(), venues_min: int = 3) -> Decimal | None:
    return index_of(venue_inputs(ticks, at=AT, before=before), pip=PIP, venues_min=venues_min, rules=RULES_NOW)


def test_a_venue_that_counted_stays_up_to_the_bound() -> None:
    assert agreeing(mids(a="100", b="100", c="100.5"), before="abc", bound=BOUND) == {"a", "b", "c"}
    assert agreeing(mids(a="100", b="100", c="100.51"), before="abc", bound=BOUND) == {"a", "b"}


def test_a_venue_that_was_out_comes_back_only_within_half_the_bound() -> None:
    assert agreeing(mids(a="100", b="100", c="100.26"), before="ab", bound=BOUND) == {"a", "b"}
    assert agreeing(mids(a="100", b="100", c="99.75"), before="ab", bound=BOUND) == {"a", "b", "c"}


def test_two_that_disagree_are_both_out() -> None:
    assert agreeing(mids(a="100", b="102"), before="ab", bound=BOUND) == frozenset()


def test_nobody_agrees_with_nobody() -> None:
    assert agreeing({}, before="a", bound=BOUND) == frozenset()


def test_who_is_out_is_stored_but_not_averaged() -> None:
    inputs = venue_inputs([*quoted(*[Decimal(100)] * 3), tick("wild", "150"), tick("late", "100", skewed=True)], at=AT)

    assert {entry["venue"]: entry.get("out") for entry in inputs} == {
        "late": "skewed", "venue0": None, "venue1": None, "venue2": None, "wild": "deviating",
    }  # fmt: skip
    assert counted(inputs) == {"venue0", "venue1", "venue2"}
    assert index_of(inputs, pip=PIP, venues_min=3, rules=RULES_NOW) == 100
    assert index_of(inputs, pip=PIP, venues_min=4, rules=RULES_NOW) is None


def test_a_skewed_venue_does_not_move_the_median_that_others_are_judged_by() -> None:
    late = [tick(f"late{number}", "90", skewed=True) for number in range(4)]
    assert counted(venue_inputs([*quoted(*[Decimal(100)] * 3), *late], at=AT)) == {"venue0", "venue1", "venue2"}


def test_the_first_version_put_nobody_out() -> None:
    inputs = venue_inputs([*quoted(Decimal(100), Decimal(100)), tick("wild", "150")], at=AT, rules=RULES[1])
    assert counted(inputs) == {"venue0", "venue1", "wild"}


def test_a_quote_in_another_currency_is_divided_by_its_conversion() -> None:
    rate = Conversion("USDT-USD", 17, Decimal("0.99900000"))
    ticks = [*quoted(Decimal(100), Decimal(100)), tick("dollar", "99.9", conversion="USDT-USD")]
    inputs = venue_inputs(ticks, at=AT, conversions={"USDT-USD": rate})

    assert inputs[0]["conversion"] == {"instrument": "USDT-USD", "sequence": 17, "price": "0.999"}
    assert (inputs[0]["bid"], mid_of(inputs[0])) == ("99.9", 100)
    assert index_of(inputs, pip=PIP, venues_min=3, rules=RULES_NOW) == 100


def test_a_quote_without_the_price_of_its_conversion_is_not_there() -> None:
    inputs = venue_inputs([tick("a", "100"), tick("dollar", "99.9", conversion="USDT-USD")], at=AT)
    assert [entry["venue"] for entry in inputs] == ["a"]


@given(st.integers(100_000, 10_000_000), st.lists(st.integers(-20, 20), min_size=5, max_size=5), st.data())
def test_a_spike_on_one_of_five_moves_the_index_by_no_more_than_the_clamp(
    cents: int, offs: list[int], data: st.DataObject
) -> None:
    """At any price of one venue, the index stays between its values with that venue at either end of the clamp."""
    prices = [Decimal(cents + off) / 100 for off in offs]
    assume((max(prices) - min(prices)) / min(prices) < RULES_NOW.clamp / 2)
    spike = data.draw(st.decimals(Decimal("0.01"), Decimal(10**9), places=2))
    everyone = frozenset(f"venue{number}" for number in range(5))

    calm, spiked = (index(quoted(*prices[:4], last), before=everyone) for last in (prices[4], spike))
    assert calm is not None
    assert spiked is not None
    # One of five at the clamp's end instead of near the others; the width of the others may move the median.
    most = (RULES_NOW.clamp * max(prices) + max(prices) - min(prices)) / 5 + max(prices) - min(prices) + PIP
    assert abs(spiked - calm) <= most
    assert abs(spiked - calm) <= RULES_NOW.clamp * max(prices) + PIP


@given(st.decimals(Decimal("0.01"), Decimal(10**9), places=2))
def test_a_spike_of_one_among_four_that_agree_moves_it_by_a_fifth_of_the_clamp(spike: Decimal) -> None:
    calm = Decimal(60_000)
    moved = index(quoted(*[calm] * 4, spike), before=frozenset(f"venue{number}" for number in range(5)))
    assert moved is not None
    assert abs(moved - calm) <= calm * RULES_NOW.clamp / 5


@given(st.lists(st.decimals("95", "105", places=2), min_size=2, max_size=40))
def test_at_the_edge_it_neither_flaps_in_nor_out(path: list[Decimal]) -> None:
    """A venue changes sides only when it crosses the whole band between half the bound and the bound."""
    inside, seen = [True], [Decimal(100)]
    for price in path:
        agree = agreeing(mids(a="100", b="100") | {"c": price}, before="abc" if inside[-1] else "ab", bound=BOUND)
        inside.append("c" in agree)
        seen.append(price)
    for (was, now), price in zip(pairwise(inside), seen[1:], strict=True):
        off = abs(price - 100) / 100
        assert now == (off <= BOUND if was else off <= BOUND / 2)


@given(st.lists(ms, min_size=1, max_size=30), ms)
def test_the_skew_is_found_through_any_delay(delays: list[timedelta], skew: timedelta) -> None:
    meter = ClockSkewMeter()
    for number, delay in enumerate(delays):
        meter.measure(abs(delay) + skew, AT + timedelta(milliseconds=100 * number))
    assert meter.clock_skew == min(abs(delay) for delay in delays) + skew


@pytest.mark.parametrize(
    ("behind", "there", "back", "found"),
    [(0, 0.1, 3, 0), (0, 3, 0.1, 0), (5, 0.1, 3, 4.9), (-5, 0.1, 3, -2), (5, 0, 0, 5), (-5, 0, 0, -5)],
)
def test_a_slow_answer_is_not_a_wrong_clock(behind: float, there: float, back: float, found: float) -> None:
    told = AT + timedelta(seconds=there - behind)
    answered_at = AT + timedelta(seconds=there + back)
    offset = offset_by_call(asked_at=AT, told=told, answered_at=answered_at)
    assert offset == timedelta(seconds=found)


def test_what_was_measured_long_ago_is_forgotten() -> None:
    meter = ClockSkewMeter()
    meter.measure(timedelta(0), AT)
    meter.measure(timedelta(seconds=4), AT + timedelta(seconds=10))
    assert meter.clock_skew == timedelta(0)
    meter.measure(timedelta(seconds=5), AT + timedelta(seconds=11))
    assert meter.clock_skew == timedelta(seconds=4)
    assert not meter.is_bounded


@pytest.mark.parametrize(
    ("seconds", "bounded"), [(1, True), (1.001, False), (-1, True), (-1.001, False), (-1.27, False)]
)
def test_a_clock_is_believed_up_to_a_second(seconds: float, bounded: bool) -> None:
    meter = ClockSkewMeter()
    assert meter.is_bounded
    meter.measure(timedelta(seconds=seconds), AT)
    assert meter.is_bounded is bounded
