from datetime import datetime, timedelta

import pytest
from django.core.cache import cache
from structlog.testing import capture_logs

from trading.domain.clocks import TOLERANCE
from trading.selectors.clock import clock_reports, database_now
from trading.services.prices.compare_clocks import compare_clocks
from trading.tasks import compare_clocks as of_the_worker
from trading.tasks import sweep_due_trades

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)


def off_by(offset: timedelta) -> datetime:
    return database_now() + offset


@pytest.mark.parametrize("offset", [-5 * MINUTE, 5 * MINUTE])
def test_a_wrong_clock_is_logged_once_and_once_when_it_is_right_again(offset: timedelta) -> None:
    """The process remembers by program, so this one has a name that no other test uses."""
    with capture_logs() as logs:
        for wrong in (offset, offset, offset, timedelta(0), timedelta(0)):
            report = compare_clocks(program=f"{offset}", clock=lambda wrong=wrong: off_by(wrong))  # type: ignore[misc]
            assert report.is_right is (wrong == timedelta(0))
    assert [log["event"] for log in logs] == ["this machine's clock is wrong", "this machine's clock is right again"]
    assert abs(logs[0]["seconds_ahead_of_the_database"] - offset.total_seconds()) < TOLERANCE.total_seconds()


def test_all_programs_know_of_each_others_clocks() -> None:
    cache.clear()
    compare_clocks(program="feed", clock=lambda: off_by(5 * MINUTE))
    of_the_worker.apply(throw=True)
    sweep_due_trades.apply(throw=True)
    assert [(report.program, report.is_right) for report in clock_reports()] == [
        ("feed", False),
        ("settler", True),
        ("worker", True),
    ]
