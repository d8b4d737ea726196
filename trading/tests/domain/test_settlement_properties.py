from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from trading.domain.prices import PricePoint
from trading.domain.rules import CURRENT, rules_of
from trading.domain.settlement import Result, find_entry, settle
from trading.domain.terms import Direction
from trading.tests.domain.windows import ENTRY, PIP, point, second, window

OPPOSITE = {Result.WON: Result.LOST, Result.LOST: Result.WON}


@st.composite
def series(draw: st.DrawFn, seconds: int) -> list[PricePoint]:
    """Prices near each other, some seconds missing, around entry and expiry: the seconds between don't matter."""
    offsets = [*range(-2, 8), *range(seconds - 7, seconds + 4)]
    cents = draw(st.lists(st.none() | st.integers(99_995, 100_005), min_size=len(offsets), max_size=len(offsets)))
    return [point(at, Decimal(c) / 100) for at, c in zip(offsets, cents, strict=True) if c is not None]


short_series = series(60)
directions = st.sampled_from(Direction)


@given(short_series)
def test_swapping_the_direction_swaps_won_and_lost_and_nothing_else(prices: list[PricePoint]) -> None:
    up = settle(window(direction=Direction.UP), prices, final=True)
    down = settle(window(direction=Direction.DOWN), prices, final=True)

    assert up is not None
    assert down == replace(up, result=OPPOSITE.get(up.result, up.result))


@given(short_series, directions)
def test_mirroring_the_prices_is_swapping_the_direction(prices: list[PricePoint], direction: Direction) -> None:
    mirrored = [PricePoint(p.priced_at, 2000 - p.price) for p in prices]
    opposite = Direction.DOWN if direction is Direction.UP else Direction.UP

    one = settle(window(direction=direction), prices, final=True)
    other = settle(window(direction=opposite), mirrored, final=True)
    assert one is not None
    assert other is not None
    assert (one.result, one.void_reason) == (other.result, other.void_reason)


@given(series(300), directions, st.integers(-49_000, 10**9))
def test_shifting_all_prices_changes_no_result(
    prices: list[PricePoint], direction: Direction, double_pips: int
) -> None:
    # By even numbers of pips: half-even rounding of a mean of 2 or 4 samples differs after an odd shift.
    shift = 2 * double_pips * PIP
    shifted = [PricePoint(p.priced_at, p.price + shift) for p in prices]

    before = settle(window(300, direction), prices, final=True)
    after = settle(window(300, direction), shifted, final=True)
    assert before is not None
    assert after is not None
    assert before.result == after.result
    if before.exit_price is not None:
        assert after.exit_price == before.exit_price + shift


@given(series(300), directions, st.integers(1, 10**6))
def test_scaling_prices_and_pip_changes_no_result(prices: list[PricePoint], direction: Direction, factor: int) -> None:
    scaled = [PricePoint(p.priced_at, p.price * factor) for p in prices]
    wide = replace(window(300, direction), pip=PIP * factor)

    before = settle(window(300, direction), prices, final=True)
    after = settle(wide, scaled, final=True)
    assert before is not None
    assert after is not None
    assert before.result == after.result
    if before.exit_price is not None:
        assert after.exit_price == before.exit_price * factor


@given(st.lists(st.integers(0, 75), unique=True).map(sorted), directions)
def test_a_price_that_never_moves_never_wins_or_loses(seconds: list[int], direction: Direction) -> None:
    outcome = settle(window(direction=direction), [point(s, "100") for s in seconds], final=True)

    assert outcome is not None
    assert outcome.result in {Result.TIED, Result.VOIDED}


@given(short_series, st.lists(st.integers(1, 10**6), max_size=20))
def test_prices_after_the_expiry_and_before_the_entry_change_nothing(
    prices: list[PricePoint], others: list[int]
) -> None:
    matter = [p for p in prices if ENTRY <= p.priced_at <= second(60)]
    later = [point(61 + n, Decimal(cents) / 100) for n, cents in enumerate(others)]
    earlier = [point(n - len(others), Decimal(cents) / 100) for n, cents in enumerate(others)]

    expected = settle(window(), matter, final=True)
    assert settle(window(), [*earlier, *matter, *later], final=True) == expected


@given(short_series, directions)
def test_what_is_decided_as_prices_come_in_is_what_is_decided_at_the_end(
    prices: list[PricePoint], direction: Direction
) -> None:
    final = settle(window(direction=direction), prices, final=True)

    for count in range(len(prices) + 1):
        outcome = settle(window(direction=direction), prices[:count], final=False)
        assert outcome is None or outcome == final


@given(series(300), directions)
def test_an_outcome_is_one_that_the_rules_allow(prices: list[PricePoint], direction: Direction) -> None:
    outcome = settle(window(300, direction), prices, final=True)

    assert outcome is not None
    if outcome.result is Result.VOIDED:
        assert outcome.void_reason is not None
        assert outcome.exit_price is None
        return
    assert outcome.void_reason is None
    assert outcome.entry is not None
    assert outcome.exit_price is not None
    assert timedelta(0) <= outcome.entry.priced_at - ENTRY <= timedelta(seconds=5)
    assert 1 <= outcome.exit_samples <= 5
    assert outcome.exit_price % PIP == 0
    sampled = _between(prices, 296, 300)
    assert len(sampled) == outcome.exit_samples
    assert min(sampled) <= outcome.exit_price <= max(sampled)


@given(short_series)
def test_the_entry_is_found_by_looking_at_each_price_in_turn(prices: list[PricePoint]) -> None:
    slowly = next((p for p in prices if second(0) <= p.priced_at <= second(5)), None)

    assert find_entry(ENTRY, prices, rules_of(CURRENT)) == slowly


def _between(prices: Sequence[PricePoint], first: int, last: int) -> list[Decimal]:
    return [p.price for p in prices if second(first) <= p.priced_at <= second(last)]
