"""Old backups go. The newest good one stays for ever, and so does each directory that is none of ours."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from monitoring.domain.backups.layout import name_of, started_at
from monitoring.domain.backups.retention import to_remove

NOW = datetime(2026, 1, 20, 2, tzinfo=UTC)
KEEP = timedelta(days=7)

ages = st.timedeltas(timedelta(days=-2), timedelta(days=30))
ours = st.sets(ages.map(lambda age: name_of(NOW - age)), max_size=12)
foreign = st.sets(st.sampled_from(["lost+found", "cryptotrader-latest", ".cryptotrader-20260102T020000Z.unfinished"]))


@given(ours, foreign, st.data())
def test_what_goes_is_old_and_ours_and_not_the_newest_good_one(
    backups: set[str], others: set[str], data: st.DataObject
) -> None:
    marks = st.sets(st.sampled_from(sorted(backups))) if backups else st.just(set[str]())
    bad, pinned = data.draw(marks), data.draw(marks)
    gone = to_remove([*backups, *others], now=NOW, keep=KEEP, bad=bad, pinned=pinned)
    assert set(gone) <= backups - pinned
    newest = max(backups - bad, default=None)
    assert newest not in gone
    for name in backups - pinned - {newest}:
        begun = started_at(name)
        assert begun is not None
        assert (name in gone) == (NOW - begun > KEEP)
    assert not to_remove((backups | others) - set(gone), now=NOW, keep=KEEP, bad=bad, pinned=pinned), "all at once"


def test_a_week_of_nights_is_kept_and_the_eighth_goes() -> None:
    nights = [name_of(NOW - timedelta(days=day)) for day in range(10)]
    assert to_remove(nights, now=NOW, keep=KEEP) == [nights[9], nights[8]]
    assert to_remove(nights, now=NOW + timedelta(days=365), keep=KEEP) == sorted(nights[1:])
    assert to_remove(nights, now=NOW + timedelta(days=365), keep=KEEP, bad=nights[:3]) == sorted(
        nights[:3] + nights[4:]
    )
