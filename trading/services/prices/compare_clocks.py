"""Compares the clock of a process with the database's, and tells the others of it."""

import socket

import structlog

from accounts.domain.moments import Clock
from trading.domain.clocks import ClockReport
from trading.publish import keep_clock_report
from trading.selectors.clock import ahead_of_database

log = structlog.get_logger(__name__)

_wrong: set[str] = set()
"""The programs of this process whose clock was wrong at the last look: a wrong clock is logged once."""


def compare_clocks(*, program: str, clock: Clock) -> ClockReport:
    """Compare this process's clock; each program calls it every few seconds.

    It logs one line when the clock turns out to be wrong, and one when it is right again. Raises django.db.Error when
    the database doesn't answer.
    """
    report = ClockReport(program, socket.gethostname(), ahead_of_database(clock), clock())
    keep_clock_report(report)
    ahead = round(report.ahead.total_seconds(), 3)
    if not report.is_right and program not in _wrong:
        log.error("this machine's clock is wrong", program=program, seconds_ahead_of_the_database=ahead)
        _wrong.add(program)
    elif report.is_right and program in _wrong:
        log.info("this machine's clock is right again", program=program, seconds_ahead_of_the_database=ahead)
        _wrong.discard(program)
    return report
