from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.domain.limits.exclusions import ExclusionInForce, ExclusionKind, SelfExcluded, TimedOut, months_later


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        ("2026-03-01", 6, "2026-09-01"),
        ("2026-08-31", 6, "2027-02-28"),
        ("2027-08-31", 6, "2028-02-29"),
        ("2028-02-29", 12, "2029-02-28"),
        ("2026-12-31", 60, "2031-12-31"),
        ("2026-06-30", 6, "2026-12-30"),
    ],
)
def test_months_are_those_of_the_calendar(start: str, months: int, end: str) -> None:
    at = datetime.fromisoformat(f"{start}T13:14:15+00:00")
    assert months_later(at, months) == datetime.fromisoformat(f"{end}T13:14:15+00:00")


@given(st.datetimes(datetime(1, 1, 1), datetime(9990, 1, 1)), st.integers(1, 60))
def test_it_is_never_short_of_a_month_by_more_than_its_missing_days(start: datetime, months: int) -> None:
    end = months_later(start, months)
    assert (end.year * 12 + end.month) - (start.year * 12 + start.month) == months
    assert start.day - 3 <= end.day <= start.day


def test_the_calendar_ends() -> None:
    with pytest.raises(OverflowError):
        months_later(datetime(9999, 12, 1, tzinfo=UTC), 1)


@pytest.mark.parametrize(
    ("kind", "refusal"), [(ExclusionKind.TIME_OUT, TimedOut), (ExclusionKind.SELF_EXCLUSION, SelfExcluded)]
)
def test_its_refusal_says_until_when(kind: ExclusionKind, refusal: type) -> None:
    said = ExclusionInForce(kind, datetime(2026, 9, 1, tzinfo=UTC)).refusal()
    assert (type(said), said.status, said.extra) == (refusal, 403, {"until": "2026-09-01T00:00:00Z"})
