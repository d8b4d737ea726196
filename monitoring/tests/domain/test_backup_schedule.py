"""A backup is due once after each time of day, also where clocks are put forward and back."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitoring.domain.backups.schedule import GRACE, RETRY_AFTER, is_due, is_old, last_due

TWO = time(2)
ZONES = [ZoneInfo(name) for name in ("UTC", "Asia/Seoul", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia")]
instants = st.datetimes(datetime(2005, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC))
times = st.times().map(lambda at: at.replace(microsecond=0))
zones = st.sampled_from(ZONES)


@given(instants, times, zones)
def test_it_is_due_once_a_day(now: datetime, at: time, zone: ZoneInfo) -> None:
    due = last_due(now, at, zone)
    assert due <= now < due + timedelta(hours=49), "a zone may skip a day"
    assert last_due(due, at, zone) == due
    assert timedelta(hours=22) <= due - last_due(due - timedelta(seconds=1), at, zone) <= timedelta(hours=49)


@pytest.mark.parametrize(
    ("zone", "now", "due"),
    [
        ("UTC", "2026-01-02T01:59:59Z", "2026-01-01T02:00:00Z"),
        ("UTC", "2026-01-02T02:00:00Z", "2026-01-02T02:00:00Z"),
        ("Asia/Seoul", "2026-01-02T17:00:00Z", "2026-01-02T17:00:00Z"),
        ("America/New_York", "2026-03-08T12:00:00Z", "2026-03-08T07:00:00Z"),  # there was no two o'clock
        ("America/New_York", "2026-11-01T12:00:00Z", "2026-11-01T07:00:00Z"),
    ],
)
def test_two_o_clock_is_that_of_the_zone(zone: str, now: str, due: str) -> None:
    assert last_due(datetime.fromisoformat(now), TWO, ZoneInfo(zone)) == datetime.fromisoformat(due)


def test_a_failed_one_is_tried_again_and_a_good_one_is_enough() -> None:
    night = datetime(2026, 1, 2, 2, tzinfo=UTC)
    yesterday = night - timedelta(days=1)

    def due(minutes: float, *, good: datetime | None, attempt: datetime | None) -> bool:
        now = night + timedelta(minutes=minutes)
        return is_due(now, TWO, UTC, last_good=good, last_attempt=attempt)

    assert due(0, good=None, attempt=None)
    assert due(0, good=yesterday, attempt=yesterday)
    assert not due(-1, good=yesterday, attempt=yesterday)
    assert not due(29, good=yesterday, attempt=night)
    assert due(RETRY_AFTER.seconds / 60, good=yesterday, attempt=night)
    assert not due(600, good=night, attempt=night)


def test_it_is_old_some_time_after_it_was_due() -> None:
    night = datetime(2026, 1, 2, 2, tzinfo=UTC)
    yesterday = night - timedelta(days=1)
    assert not is_old(night + GRACE - timedelta(seconds=1), TWO, UTC, last_good=yesterday)
    assert is_old(night + GRACE, TWO, UTC, last_good=yesterday)
    assert not is_old(night + GRACE, TWO, UTC, last_good=night)
