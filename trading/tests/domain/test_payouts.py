from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.domain.errors import InvalidInput
from accounts.domain.notation import places
from trading.domain.payouts import AHEAD_MAX, NOTICE, Payouts, begin, break_even, rate_at
from trading.domain.terms import Direction, PayoutOffer

UP, DOWN = Direction.UP, Direction.DOWN
SKEWED = Payouts(3, Decimal("0.85"), {3600: Decimal("0.8")}, Decimal("0.05"), Decimal(1000), Decimal("0.02"))

decimals = st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-3, max_value=6)
payouts = st.builds(
    Payouts,
    st.just(1),
    decimals,
    st.dictionaries(st.sampled_from([15, 60, 3600]), decimals),
    decimals,
    st.none() | st.decimals(min_value=0, max_value=10**6, places=2),
    decimals,
)
amounts = st.decimals(min_value=-(10**10), max_value=10**10, places=8)


def edge(rate: Decimal) -> Decimal:
    """The house's edge on a fair coin: docs/rules.md, 2."""
    return 1 - (1 + rate) / 2


@pytest.mark.parametrize(
    ("imbalance", "up", "down"),
    [("0", "0.85", "0.85"), ("500", "0.825", "0.875"), ("1000", "0.80", "0.90"), ("99999", "0.80", "0.90"),
     ("-1", "0.85", "0.85"), ("-2", "0.8501", "0.8499"), ("-1000.00000001", "0.90", "0.80")],
)  # fmt: skip
def test_the_heavier_side_gets_less_and_the_other_more(imbalance: str, up: str, down: str) -> None:
    offers = [SKEWED.offer(side, 60, imbalance=Decimal(imbalance)) for side in (UP, DOWN)]
    assert [offer.rate for offer in offers] == [Decimal(up), Decimal(down)]


def test_each_duration_has_its_rate() -> None:
    offer = SKEWED.offer(DOWN, 3600, imbalance=Decimal(-1000))
    assert (offer, offer.rate) == (PayoutOffer(Decimal("0.8"), Decimal("-0.05"), 3), Decimal("0.75"))


@given(payouts, amounts, st.sampled_from([15, 30, 60, 3600]))
def test_no_rate_leaves_its_bounds_at_any_imbalance(offered: Payouts, imbalance: Decimal, seconds: int) -> None:
    try:
        offered.check()
    except InvalidInput:
        return
    up, down = (offered.offer(side, seconds, imbalance=imbalance) for side in (UP, DOWN))
    base = offered.base(seconds)
    assert up.rate_skew == -down.rate_skew
    assert (up.rate_skew <= 0 <= down.rate_skew) if imbalance >= 0 else (down.rate_skew <= 0 <= up.rate_skew)
    for rate in (up.rate, down.rate):
        assert abs(rate - base) <= offered.rate_skew_max
        assert 0 < rate <= 5
        assert edge(rate) >= offered.edge_min
        assert places(rate) <= 4


@given(amounts, amounts)
def test_the_more_is_owed_on_a_side_the_less_it_gets(one: Decimal, other: Decimal) -> None:
    low, high = sorted((one, other))
    rates = [SKEWED.offer(UP, 60, imbalance=imbalance).rate for imbalance in (low, high)]
    assert rates[0] >= rates[1]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"rate": "0"}, "rate"),
        ({"rate": "5.0001"}, "rate"),
        ({"rate": "0.00001"}, "rate"),
        ({"rate": "1.0001"}, "edge_min"),
        ({"rates": {60: Decimal(0)}}, "rates"),
        ({"rates": {60: Decimal("1.01")}}, "edge_min"),
        ({"rate_skew_max": "0.05"}, "rate_skew_scale"),
        ({"rate_skew_max": "0.05", "rate_skew_scale": "0"}, "rate_skew_scale"),
        ({"rate_skew_max": "0.05", "rate_skew_scale": "1e12"}, "rate_skew_scale"),
        ({"rate_skew_max": "-0.05", "rate_skew_scale": "1"}, "rate_skew_max"),
        ({"rate_skew_max": "0.85", "rate_skew_scale": "1"}, "rate_skew_max"),
        ({"rate_skew_max": "0.05", "rate_skew_scale": "1", "rates": {60: Decimal("0.05")}}, "rate_skew_max"),
        ({"rate_skew_max": "0.15", "rate_skew_scale": "1", "edge_min": "0.0001"}, "edge_min"),
        ({"edge_min": "0.5"}, "edge_min"),
        ({"edge_min": "-0.0001"}, "edge_min"),
        ({"edge_min": "-1"}, "edge_min"),
    ],
)
def test_payouts_that_make_no_sense_are_refused(change: dict[str, Any], field: str) -> None:
    values: dict[str, Any] = {"version": 1, "rate": Decimal("0.85")}
    values |= {name: Decimal(value) if isinstance(value, str) else value for name, value in change.items()}
    with pytest.raises(InvalidInput) as caught:
        Payouts(**values).check()
    assert field in {fault.field for fault in caught.value.fields}


def test_the_most_that_may_be_offered() -> None:
    Payouts(1, Decimal(1)).check()
    Payouts(1, Decimal("0.91"), {}, Decimal("0.05"), Decimal("0.01"), Decimal("0.02")).check()
    assert rate_at(Decimal("0.02")) == Decimal("0.96")


@pytest.mark.parametrize(
    ("rate", "share"), [("0.80", "0.5556"), ("0.85", "0.5405"), ("0.95", "0.5128"), ("5", "0.1667")]
)
def test_the_break_even_win_rate(rate: str, share: str) -> None:
    assert break_even(Decimal(rate)) == Decimal(share)


@given(
    now=st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC)),
    away=st.none() | st.timedeltas(timedelta(0), AHEAD_MAX),
    later=st.timedeltas(timedelta(0), timedelta(seconds=2)),
)
def test_a_version_begins_at_a_whole_second_and_never_before_its_notice(
    now: datetime, away: timedelta | None, later: timedelta
) -> None:
    wanted = None if away is None else now + away
    begins, earliest = begin(wanted, now), max(wanted or now, now + NOTICE)
    assert begins.microsecond == 0
    assert timedelta(0) <= begins - earliest < timedelta(seconds=1)
    assert begin(wanted, now + later) >= begins  # one made later begins with it or later
