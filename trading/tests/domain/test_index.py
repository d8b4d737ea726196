from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trading.domain.index import fresh, index_of, round_to_pip
from trading.domain.prices import Tick
from trading.domain.rules import RULES, RULES_NOW, Rules

AT = datetime(2026, 3, 1, 12, 0, 0, tzinfo=UTC)
PIP = Decimal("0.01")

cents = st.integers(100_000, 10_000_000)
spreads = st.integers(0, 50)
ages_ms = st.integers(-2_000, 6_000)


def tick(venue: str, mid: str, *, age: float = 0.5, spread: str = "0") -> Tick:
    half = Decimal(spread) / 2
    return Tick(venue, Decimal(mid) - half, Decimal(mid) + half, None, AT - timedelta(seconds=age))


def index(*ticks: Tick, venues_min: int = 1, pip: Decimal = PIP, rules: Rules = RULES_NOW) -> Decimal | None:
    inputs = [tick.as_input() for tick in fresh(ticks, AT, rules)]
    return index_of(inputs, pip=pip, venues_min=venues_min, rules=rules)


def quotes(mids: Sequence[Decimal]) -> list[Tick]:
    return [tick(f"venue{number}", str(mid)) for number, mid in enumerate(mids)]


@st.composite
def markets(draw: st.DrawFn, venues_min: int = 0) -> list[Tick]:
    """Ticks of up to seven venues, several from some of them, no two of a venue received at one instant."""
    ticks = []
    for venue in range(draw(st.integers(venues_min, 7))):
        for age in draw(st.lists(ages_ms, min_size=1, max_size=3, unique=True)):
            bid = Decimal(draw(cents)) / 100
            ask = bid + Decimal(draw(spreads)) / 100
            ticks.append(Tick(f"venue{venue}", bid, ask, None, AT - timedelta(milliseconds=age)))
    return ticks


def test_it_is_the_mean_of_the_mid_prices() -> None:
    # Mids 60000.00, 60001.00, 60003.00: median 60001, nothing is clamped, the mean is 60001.333…
    assert index(tick("a", "60000", spread="2"), tick("b", "60001"), tick("c", "60003")) == Decimal("60001.33")


@pytest.mark.parametrize(("version", "above", "below"), [(1, "100.17", "99.83"), (2, "100.03", "99.97")])
def test_it_clamps_a_venue_that_is_far_off(version: int, above: str, below: str) -> None:
    # Median 100; under version 1, 110 counts as 100.5, so the mean is (100 + 100 + 100.5) / 3 = 100.1666…
    assert index(tick("a", "100"), tick("b", "100"), tick("c", "110"), rules=RULES[version]) == Decimal(above)
    # 90 counts as 99.5: 99.8333…
    assert index(tick("a", "100"), tick("b", "100"), tick("c", "90"), rules=RULES[version]) == Decimal(below)


def test_the_median_of_an_even_number_of_venues_lies_between_the_middle_two() -> None:
    # Median of 100 and 102 is 101: both are clamped by the same amount.
    assert index(tick("a", "100"), tick("b", "102")) == Decimal("101.00")
    # Median of 99, 100, 102, 110 is 101: two are clamped from below and two from above, by the same amount.
    assert index(*quotes([Decimal(mid) for mid in (99, 100, 102, 110)])) == Decimal("101.00")


@pytest.mark.parametrize(
    ("mid", "rounded"), [("100.005", "100.00"), ("100.015", "100.02"), ("100.0051", "100.01"), ("100.025", "100.02")]
)
def test_it_rounds_half_to_even_at_the_pip(mid: str, rounded: str) -> None:
    assert index(tick("a", mid)) == Decimal(rounded)


def test_it_rounds_to_a_multiple_of_any_pip() -> None:
    assert index(tick("a", "100.13"), pip=Decimal("0.25")) == Decimal("100.25")
    assert index(tick("a", "0.12345678"), pip=Decimal("0.00001")) == Decimal("0.12346")


def test_a_tick_counts_for_exactly_three_seconds() -> None:
    assert index(tick("a", "100", age=3)) == Decimal(100)
    assert index(tick("a", "100", age=3.000001)) is None


def test_a_tick_received_after_the_second_does_not_exist_yet() -> None:
    assert index(tick("a", "100", age=1), tick("a", "200", age=-0.000001)) == Decimal(100)


def test_only_the_newest_tick_of_a_venue_counts() -> None:
    assert index(tick("a", "100", age=0.2), tick("a", "101", age=0.1), tick("a", "99", age=0.3)) == Decimal(101)


def test_of_two_ticks_received_at_one_instant_the_one_that_came_last_counts() -> None:
    assert index(tick("a", "100"), tick("a", "101")) == Decimal(101)


def test_there_is_no_price_with_fewer_fresh_venues_than_asked_for() -> None:
    two = [tick("a", "100"), tick("b", "100"), tick("c", "100", age=4)]

    assert index(*two, venues_min=3) is None
    assert index(*two, venues_min=2) == Decimal(100)


def test_there_is_never_a_price_without_a_venue() -> None:
    assert index(venues_min=0) is None


@pytest.mark.parametrize(
    ("bid", "ask"),
    [("101", "100"), ("0", "0"), ("-2", "-1"), ("-1", "1"), ("NaN", "100"), ("100", "NaN"), ("100", "Infinity")],
)
def test_one_venue_that_talks_nonsense_does_not_count_and_stops_nobody(bid: str, ask: str) -> None:
    nonsense = Tick("bad", Decimal(bid), Decimal(ask), None, AT)

    assert index(nonsense) is None
    assert index(nonsense, tick("a", "100"), tick("b", "102"), venues_min=2) == Decimal(101)
    assert index(nonsense, tick("a", "100"), venues_min=2) is None


def test_a_venue_whose_newest_tick_is_nonsense_does_not_fall_back_on_the_one_before() -> None:
    assert index(tick("a", "100", age=1), Tick("a", Decimal(101), Decimal(100), None, AT)) is None


@given(markets(), st.data())
def test_the_order_in_which_ticks_are_given_does_not_matter(ticks: list[Tick], data: st.DataObject) -> None:
    shuffled = data.draw(st.permutations(ticks))

    assert index(*shuffled) == index(*ticks)
    assert fresh(shuffled, AT) == fresh(ticks, AT)


@given(markets(), st.integers(1, 7))
def test_there_is_a_price_exactly_when_enough_venues_are_fresh(ticks: list[Tick], venues_min: int) -> None:
    count = len(fresh(ticks, AT))

    assert (index(*ticks, venues_min=venues_min) is not None) == (count >= venues_min)


@given(markets())
def test_fresh_ticks_are_one_a_venue_in_order_and_young_enough(ticks: list[Tick]) -> None:
    chosen = fresh(ticks, AT)

    assert [t.venue for t in chosen] == sorted({t.venue for t in chosen})
    assert all(timedelta(0) <= AT - t.received_at <= timedelta(seconds=3) for t in chosen)
    for t in chosen:
        newest = max(u.received_at for u in ticks if u.venue == t.venue and u.received_at <= AT)
        assert t.received_at == newest


@given(markets(venues_min=1))
def test_the_index_lies_between_the_lowest_and_the_highest_mid(ticks: list[Tick]) -> None:
    mids = [t.mid for t in fresh(ticks, AT)]
    price = index(*ticks)

    if price is not None:
        assert min(mids) - PIP <= price <= max(mids) + PIP
        assert price % PIP == 0


@given(st.integers(10_000, 10_000_000), st.integers(1, 10**9), st.sampled_from(list(RULES.values())))
def test_one_bad_venue_of_five_moves_the_index_by_a_fifth_of_the_clamp_at_most(
    good_cents: int, bad_cents: int, rules: Rules
) -> None:
    good, bad = Decimal(good_cents) / 100, Decimal(bad_cents) / 100
    price = index(*quotes([good, good, bad, good, good]), rules=rules)

    assert price is not None
    assert abs(price - good) <= good * rules.clamp / 5 + PIP / 2


@given(
    st.lists(st.integers(99_800, 100_200), min_size=4, max_size=4),
    st.integers(1, 10**9),
    st.sampled_from(list(RULES.values())),
)
def test_one_bad_venue_of_five_cannot_pull_the_index_out_of_the_clamp(goods: list[int], bad: int, rules: Rules) -> None:
    mids = [Decimal(mid) / 100 for mid in goods]
    price = index(*quotes([*mids, Decimal(bad) / 100]), rules=rules)

    assert price is not None
    assert min(mids) * (1 - rules.clamp) - PIP <= price <= max(mids) * (1 + rules.clamp) + PIP


@given(st.lists(cents, min_size=1, max_size=7), st.integers(1, 1000))
def test_scaling_prices_and_pip_scales_the_index(mids: list[int], factor: int) -> None:
    prices = [Decimal(mid) / 100 for mid in mids]
    price = index(*quotes(prices))
    scaled = index(*quotes([mid * factor for mid in prices]), pip=PIP * factor)

    assert price is not None
    assert scaled == price * factor


@given(st.decimals(0, 10**9, places=12), st.sampled_from(["0.00000001", "0.0001", "0.01", "0.25", "1", "5"]))
def test_rounding_is_to_the_nearest_multiple_of_the_pip(price: Decimal, pip_text: str) -> None:
    pip = Decimal(pip_text)
    rounded = round_to_pip(price, pip)

    assert rounded % pip == 0
    assert abs(rounded - price) <= pip / 2
    assert round_to_pip(rounded, pip) == rounded
