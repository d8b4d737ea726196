from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitoring.domain.recovery import (
    BASE_EVERY,
    DRILL_AGAIN,
    DRILL_EVERY,
    BaseBackup,
    RestoreRefused,
    base_for,
    base_is_due,
    drill_is_due,
    superfluous,
)

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
INSTANTS = st.integers(0, 10**6).map(lambda microseconds: NOON + timedelta(microseconds=microseconds))


@given(INSTANTS)
def test_a_base_backup_is_known_by_its_name(at: datetime) -> None:
    assert BaseBackup.named(BaseBackup(at).name) == BaseBackup(at)


@pytest.mark.parametrize("name", ["unfinished", "base-2026", "recovery-x", "base-20260301T120000.000000Z.old", ""])
def test_other_names_are_no_base_backups(name: str) -> None:
    assert BaseBackup.named(name) is None


@given(INSTANTS, st.lists(INSTANTS, max_size=6))
def test_a_recovery_begins_with_the_newest_one_before_its_moment(moment: datetime, ends: list[datetime]) -> None:
    before = [end for end in ends if end < moment]
    if not before:
        with pytest.raises(RestoreRefused, match="no base backup is older"):
            base_for(moment, map(BaseBackup, ends))
        return
    assert base_for(moment, map(BaseBackup, ends)).ended_at == max(before)


@given(st.sets(INSTANTS, max_size=6), st.integers(-1, 4))
def test_the_newest_ones_stay_and_never_none(ends: set[datetime], keep: int) -> None:
    gone = {backup.ended_at for backup in superfluous(map(BaseBackup, ends), keep=keep)}
    left = ends - gone
    assert len(left) == min(len(ends), max(keep, 1))
    assert all(end > other for end in left for other in gone)


def test_a_drill_is_due_each_week_and_a_day_after_a_failure() -> None:
    assert drill_is_due(NOON, last=None, was_good=False)
    assert not drill_is_due(NOON + DRILL_AGAIN, last=NOON, was_good=True)
    assert drill_is_due(NOON + DRILL_EVERY, last=NOON, was_good=True)
    assert drill_is_due(NOON + DRILL_AGAIN, last=NOON, was_good=False)


def test_a_base_backup_is_due_each_day() -> None:
    assert base_is_due(NOON, [])
    assert not base_is_due(NOON + BASE_EVERY - timedelta(seconds=1), [BaseBackup(NOON)])
    assert base_is_due(NOON + BASE_EVERY, [BaseBackup(NOON), BaseBackup(NOON - BASE_EVERY)])
