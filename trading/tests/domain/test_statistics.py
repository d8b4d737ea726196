from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trading.domain.statistics import Z_95, Verdict, WinRate, wilson, win_rate

COUNTS = st.integers(1, 5000).flatmap(lambda decided: st.tuples(st.integers(0, decided), st.just(decided)))


@given(COUNTS)
def test_each_bound_is_a_rate_that_the_wins_only_just_allow(counts: tuple[int, int]) -> None:
    """At a bound, the wins are as far from their expectation as chance takes them once in 20 times: the score test."""
    won, decided = counts
    for bound in wilson(won, decided):
        far = abs(won / decided - bound)
        assert far**2 == pytest.approx(Z_95**2 * bound * (1 - bound) / decided, abs=1e-9)


def test_ten_losses_leave_more_than_a_quarter_possible() -> None:
    assert wilson(0, 10) == pytest.approx((0, Z_95**2 / (10 + Z_95**2)))


@given(COUNTS)
def test_an_interval_has_its_rate_inside_and_stays_within_all_rates(counts: tuple[int, int]) -> None:
    won, decided = counts
    low, high = wilson(won, decided)
    assert 0 <= low <= won / decided + 1e-12
    assert won / decided - 1e-12 <= high <= 1
    other_low, other_high = wilson(decided - won, decided)
    assert (low, high) == pytest.approx((1 - other_high, 1 - other_low), abs=1e-9)


@pytest.mark.parametrize("decided", [20, 60])
@pytest.mark.parametrize("share", [0.3, 0.54])
def test_it_covers_the_true_rate_about_as_often_as_it_says(decided: int, share: float) -> None:
    covered = sum(
        comb(decided, won) * share**won * (1 - share) ** (decided - won)
        for won in range(decided + 1)
        if wilson(won, decided)[0] <= share <= wilson(won, decided)[1]
    )
    assert 0.92 <= covered <= 0.98


def test_wins_pay_for_losses_at_break_even() -> None:
    found = win_rate(54, 46, 100 * 0.85)
    assert found is not None
    assert found.break_even == pytest.approx(1 / 1.85)
    assert found.break_even * 0.85 == pytest.approx(1 - found.break_even)
    assert win_rate(0, 0, 0) is None


@pytest.mark.parametrize(
    ("low", "high", "verdict"), [(0.55, 0.7, Verdict.ABOVE), (0.3, 0.5, Verdict.BELOW), (0.4, 0.6, Verdict.OPEN)]
)
def test_a_verdict_needs_the_whole_interval(low: float, high: float, verdict: Verdict) -> None:
    assert WinRate((low + high) / 2, low, high, 0.54).verdict is verdict
