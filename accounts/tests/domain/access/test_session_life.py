from datetime import timedelta

import pytest

from accounts.domain.access.session_life import APP, STAFF, TRADER, SessionLife, is_over
from accounts.tests.cast import NOON

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@pytest.mark.parametrize(
    ("life", "age", "idle", "over"),
    [
        (TRADER, 14 * DAY - MINUTE, 13 * DAY, False),
        (TRADER, 14 * DAY, MINUTE, True),
        (STAFF, 12 * HOUR - MINUTE, 29 * MINUTE, False),
        (STAFF, 12 * HOUR, MINUTE, True),
        (STAFF, HOUR, 30 * MINUTE, True),
        (APP, 400 * DAY, 300 * DAY, False),
    ],
)
def test_a_session_is_over_by_its_age_and_without_use(
    life: SessionLife, age: timedelta, idle: timedelta, over: bool
) -> None:
    assert is_over(life, started_at=NOON - age, used_at=NOON - idle, now=NOON) is over


@pytest.mark.parametrize(("life", "over"), [(TRADER, True), (STAFF, True), (APP, False)])
def test_a_session_of_unknown_age_is_over_where_age_counts(life: SessionLife, over: bool) -> None:
    assert is_over(life, started_at=None, used_at=NOON, now=NOON) is over


def test_the_login_is_the_first_use() -> None:
    assert not is_over(STAFF, started_at=NOON - 29 * MINUTE, used_at=None, now=NOON)
    assert is_over(STAFF, started_at=NOON - 30 * MINUTE, used_at=NOON - HOUR, now=NOON)
