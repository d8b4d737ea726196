from datetime import timedelta
from decimal import Decimal

import pytest

from trading.domain.rules import RULES
from trading.domain.settlement import Outcome, Result, VoidReason, settle
from trading.domain.terms import Direction
from trading.tests.domain.windows import point, window


def decide(*prices: tuple[int, str], seconds: int = 60, direction: Direction = Direction.UP) -> Outcome:
    outcome = settle(window(seconds, direction), [point(*price) for price in prices], final=True)
    assert outcome is not None
    return outcome


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
    assert all(rules.exit_samples(timedelta(seconds=seconds)) == samples for rules in RULES.values())


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
