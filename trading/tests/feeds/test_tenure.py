"""A leader that can't work gives its lock up after 3 s, and says so once. Another process takes over."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.tests.guards import run_sql
from trading.domain.reading import PriceRefused
from trading.feeds.tenure import ASIDE, FAILING_MAX, Tenure
from trading.models import Instrument
from trading.tests.feeds.instruments import ScriptedFeed, after
from trading.tests.feeds.stand import SYMBOL, Stand, every_second, seconds_published
from trading.tests.feeds.stranger import Stranger, stranger

pytestmark = pytest.mark.django_db(transaction=True)

RESIGNED = "no second can be recorded here: another process may publish"


@pytest.fixture
def instrument(transactional_db: None) -> Instrument:
    return Instrument.objects.create(symbol=SYMBOL, pip=Decimal("0.01"), durations=[15], venues_min=2)


def refuse() -> None:
    raise PriceRefused("the clock")


@contextmanager
def guarded() -> Iterator[None]:
    """The database's own clock, months after noon: to it, the feed's clock is wrong."""
    run_sql("ALTER TABLE index_prices ENABLE TRIGGER prices_by_the_clock")
    try:
        yield
    finally:
        run_sql("ALTER TABLE index_prices DISABLE TRIGGER prices_by_the_clock")


@contextmanager
def without_the_right() -> Iterator[None]:
    """As a login that lost a right: a statement is refused each second, and the connection stays."""
    run_sql("ALTER TABLE index_prices RENAME TO index_prices_away")
    try:
        yield
    finally:
        run_sql("ALTER TABLE index_prices_away RENAME TO index_prices")


def watched(stand: Stand, other: Stranger, instrument: Instrument) -> dict[int, bool]:
    """Whether another process could have the lock, second by second; it gives it back at once."""
    free: dict[int, bool] = {}

    def look(second: int) -> None:
        # At the 5th it waits: the server takes a moment to notice that a session is gone.
        free[second] = other.gets(instrument.pk) if second == 5 else other.takes(instrument.pk)
        other.gives_up()

    for second in (1, 2, 3, 5, 6, 7, 8, 9, 10, 11):
        stand.meanwhile[second] = lambda second=second: look(second)  # type: ignore[misc]
    return free


@pytest.mark.parametrize("fault", [guarded, without_the_right])
def test_who_cannot_record_keeps_nobody_out(instrument: Instrument, fault: Callable[[], object]) -> None:
    stand = Stand()
    with fault(), stranger() as other:  # type: ignore[attr-defined]
        free = watched(stand, other, instrument)
        logs = stand.run(ScriptedFeed(every_second(18)), until=17)
    assert seconds_published() == []
    # It has the lock for three seconds, leaves it for five, and tries again.
    assert [second for second, is_free in free.items() if is_free] == [5, 6, 7, 8]
    assert [(log["log_level"], log["at"][17:19]) for log in logs if log["event"] == RESIGNED] == [("error", "03")]
    assert len([log for log in logs if "refused" in log["event"]]) == 1


def test_a_leader_that_is_always_too_late_resigns_too(instrument: Instrument) -> None:
    stand = Stand()
    with stranger() as other:
        taken: list[bool] = []

        class SlowFeed(ScriptedFeed):
            def drain(self, until: object) -> list[object]:  # type: ignore[override]
                stand.pause(2.5)
                taken.append(other.takes(instrument.pk))
                other.gives_up()
                return []

        logs = stand.run(SlowFeed(every_second(30)), until=30)
    assert RESIGNED in [log["event"] for log in logs]
    assert True in taken


def test_it_goes_on_when_the_fault_is_over(instrument: Instrument) -> None:
    stand = Stand()
    for second in range(2, 5):
        stand.recording[second] = refuse
    logs = stand.run(ScriptedFeed(every_second(14)), until=13)
    assert seconds_published() == [1, 10, 11, 12, 13]
    assert [log["refused"] for log in logs if log["event"].endswith("takes this process's seconds again")] == [3]


def test_two_bad_seconds_in_a_row_cost_only_these(instrument: Instrument) -> None:
    stand = Stand()
    for second in (2, 3, 5, 6):
        stand.recording[second] = refuse
    stand.run(ScriptedFeed(every_second(9)), until=8)
    assert seconds_published() == [1, 4, 7, 8]


@given(st.lists(st.booleans(), max_size=40))
def test_it_resigns_exactly_after_three_failures_in_a_row(worked: list[bool]) -> None:
    tenure, failures = Tenure(), 0
    for second, good in enumerate(worked):
        if good:
            tenure.worked()
            failures = 0
        else:
            failures += 1
            due = timedelta(seconds=failures) >= FAILING_MAX
            assert tenure.failed(after(second)) is due
            failures = 0 if due else failures
            assert tenure.stands_aside(after(second)) or not due
            assert not due or not tenure.stands_aside(after(second) + ASIDE)


def test_one_that_waits_takes_over_within_the_second_in_which_the_other_stops(instrument: Instrument) -> None:
    stand = Stand()
    with stranger() as other:
        assert other.takes(instrument.pk)
        stand.meanwhile[3] = other.gives_up

        stand.run(ScriptedFeed(every_second(6)), until=6)
    assert seconds_published() == [4, 5, 6]
