from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trading.domain.prices import PricePoint
from trading.domain.settlement import Outcome, Result, VoidReason, Window, exit_samples, find_entry, settle
from trading.domain.terms import Direction

ENTRY = datetime(2026, 3, 1, 12, 0, 0, tzinfo=UTC)
PIP = Decimal("0.01")
OPPOSITE = {Result.WON: Result.LOST, Result.LOST: Result.WON}


def second(offset: int) -> datetime:
    return ENTRY + timedelta(seconds=offset)


def point(offset: int, price: str | Decimal) -> PricePoint:
    return PricePoint(second(offset), Decimal(price))


def window(seconds: int = 60, direction: Direction = Direction.UP) -> Window:
    return Window(direction, ENTRY, second(seconds), PIP)


def decide(*prices: tuple[int, str], seconds: int = 60, direction: Direction = Direction.UP) -> Outcome:
    outcome = settle(window(seconds, direction), [point(*price) for price in prices], final=True)
    assert outcome is not None
    return outcome


@st.composite
def series(draw: st.DrawFn, seconds: int) -> list[PricePoint]:
    """Prices near each other, some seconds missing, around entry and expiry: the seconds between don't matter."""
    offsets = [*range(-2, 8), *range(seconds - 7, seconds + 4)]
    cents = draw(st.lists(st.none() | st.integers(99_995, 100_005), min_size=len(offsets), max_size=len(offsets)))
    return [point(at, Decimal(c) / 100) for at, c in zip(offsets, cents, strict=True) if c is not None]


short_series = series(60)
directions = st.sampled_from(Direction)


@pytest.mark.parametrize(
    ("direction", "exit_price", "result"),
    [
        (Direction.UP, "60000.01", Result.WON),
        (Direction.UP, "59999.99", Result.LOST),
        (Direction.DOWN, "60000.01", Result.LOST),
        (Direction.DOWN, "59999.99", Result.WON),
        (Direction.UP, "60000.00", Result.TIED),
        (Direction.DOWN, "60000.00", Result.TIED),
    ],
)
def test_one_pip_decides_and_none_returns_the_stake(direction: Direction, exit_price: str, result: Result) -> None:
    outcome = decide((0, "60000.00"), (30, "1"), (60, exit_price), (61, "1"), direction=direction)

    assert outcome == Outcome(result, point(0, "60000.00"), Decimal(exit_price), 1)


def test_the_entry_is_the_first_price_at_or_after_the_entry_second() -> None:
    assert decide((-1, "50"), (0, "100"), (1, "200"), (60, "150")).result is Result.WON
    assert decide((-1, "50"), (3, "200"), (4, "100"), (60, "150")).entry == point(3, "200")


def test_an_entry_price_may_be_five_seconds_late_and_no_later() -> None:
    assert decide((-1, "100"), (5, "100"), (60, "101")).result is Result.WON
    assert decide((-1, "100"), (6, "100"), (60, "101")) == Outcome(Result.VOIDED, void_reason=VoidReason.NO_ENTRY_PRICE)


def test_an_exit_price_may_be_two_seconds_old_and_no_older() -> None:
    assert decide((0, "100"), (58, "101"), (61, "99")).result is Result.WON
    assert decide((0, "100"), (57, "101"), (61, "99")) == Outcome(
        Result.VOIDED, entry=point(0, "100"), void_reason=VoidReason.NO_EXIT_PRICE
    )


def test_a_price_after_the_expiry_is_never_used() -> None:
    assert decide((0, "100"), (60, "101"), (61, "99")).result is Result.WON
    assert decide((0, "100"), (61, "101")).void_reason is VoidReason.NO_EXIT_PRICE


def test_an_exit_that_is_not_after_the_entry_voids() -> None:
    # No offered duration is as short as this; the rule holds for any window.
    outcome = decide((2, "100"), (60, "101"), seconds=3)

    assert outcome.void_reason is VoidReason.EXIT_NOT_AFTER_ENTRY


def test_a_window_that_ends_before_its_entry_price_voids() -> None:
    assert decide((4, "100"), (5, "101"), (60, "102"), seconds=3).result is Result.VOIDED


def test_without_any_price_the_stake_goes_back() -> None:
    assert decide().void_reason is VoidReason.NO_ENTRY_PRICE


@pytest.mark.parametrize(("seconds", "samples"), [(15, 1), (299, 1), (300, 5), (3599, 5), (3600, 60), (86_400, 60)])
def test_longer_trades_average_more_seconds(seconds: int, samples: int) -> None:
    assert exit_samples(timedelta(seconds=seconds)) == samples


def test_from_five_minutes_on_the_exit_is_the_mean_of_the_last_five_seconds() -> None:
    prices = [(0, "100.00"), (295, "999"), *((296 + n, f"100.0{n}") for n in range(5)), (301, "999")]

    # 100.00 to 100.04: the mean is 100.02.
    assert decide(*prices, seconds=300) == Outcome(Result.WON, point(0, "100.00"), Decimal("100.02"), 5)


def test_a_second_without_a_price_is_left_out_of_the_mean() -> None:
    prices = [(0, "100.00"), (296, "100.00"), (299, "100.02"), (300, "100.04")]

    assert decide(*prices, seconds=300) == Outcome(Result.WON, point(0, "100.00"), Decimal("100.02"), 3)


def test_from_an_hour_on_the_exit_is_the_mean_of_the_last_sixty_seconds() -> None:
    # Thirty seconds at 100.00 and thirty at 100.10; the second before them doesn't count.
    prices = [(0, "100.00"), (3540, "1")]
    prices += [(3541 + n, "100.00" if n < 30 else "100.10") for n in range(60)]

    assert decide(*prices, seconds=3600) == Outcome(Result.WON, point(0, "100.00"), Decimal("100.05"), 60)


def test_the_mean_is_compared_at_the_pip() -> None:
    # 100.00 four times and 100.01 once: the mean 100.002 is 100.00 at the pip, a tie.
    prices = [(0, "100.00"), *((296 + n, "100.00") for n in range(4)), (300, "100.01")]

    assert decide(*prices, seconds=300).result is Result.TIED


def test_it_waits_until_the_series_has_passed_what_it_needs() -> None:
    prices = [point(0, "100"), point(58, "101"), point(59, "102")]

    assert settle(window(), prices, final=False) is None
    assert settle(window(), [], final=False) is None
    assert settle(window(), [point(-1, "100")], final=False) is None
    won = settle(window(), [*prices, point(60, "103")], final=False)
    assert won is not None
    assert won.exit_price == Decimal(103)


def test_a_lost_entry_is_known_as_soon_as_the_series_has_passed_it() -> None:
    outcome = settle(window(), [point(-1, "100"), point(6, "100")], final=False)

    assert outcome == Outcome(Result.VOIDED, void_reason=VoidReason.NO_ENTRY_PRICE)


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
    # By even numbers of pips: half-even rounding of a mean of 2 or 4 samples isn't the same after an odd shift.
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

    assert find_entry(ENTRY, prices) == slowly


def _between(prices: Sequence[PricePoint], first: int, last: int) -> list[Decimal]:
    return [p.price for p in prices if second(first) <= p.priced_at <= second(last)]
