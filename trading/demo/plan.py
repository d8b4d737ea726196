"""The plan of a demo: when its people trade, and which seconds therefore need a price."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from random import Random

SECOND = timedelta(seconds=1)
DURATIONS = (15, 30, 60)
OPEN_DURATIONS = (900, 3600)
TAIL_SECONDS = 70
"""From a meeting's orders to its last result."""

MEETING_SECONDS = 120
ORDERS_A_MEETING = 40
SPARSE_MAX = 4_500
"""Prices of an instrument outside the meetings: enough for a chart of days, few enough for half a minute."""

RECENT_SECONDS, DENSE_SECONDS, RECENT_STEP = 3600, 1200, 3
"""A fresh chart shows the past hour: each second of its last part, before that each third, which takes a third of the
time and leaves no gap in a line of seconds."""


@dataclass(frozen=True, slots=True)
class Meeting:
    """Several people trade one instrument at about the same second."""

    at: datetime
    instrument: str
    orders: int

    @property
    def ends(self) -> datetime:
        return self.at + TAIL_SECONDS * SECOND


@dataclass(frozen=True, slots=True)
class Plan:
    """The demo between two whole seconds."""

    users: int
    begin: datetime
    end: datetime
    meetings: Sequence[Meeting]
    seconds: Mapping[str, Sequence[datetime]]
    """The seconds to price, in order, by instrument."""


def plan_demo(*, users: int, trades: int, instruments: Sequence[str], begin: datetime, end: datetime) -> Plan:
    """The same plan for the same arguments. `begin` and `end` are whole seconds, at least ten minutes apart."""
    chance = Random(f"{users} {trades}")  # noqa: S311 - a demo
    span = (end - begin) // SECOND - 2 * MEETING_SECONDS
    number = max(1, min(ceil(trades / ORDERS_A_MEETING), span // MEETING_SECONDS))
    meetings = [
        Meeting(
            at=begin + (MEETING_SECONDS + n * span // number) * SECOND,
            instrument=chance.choice(instruments),
            orders=trades // number + (n < trades % number),
        )
        for n in range(number)
    ]
    step = max(60, ceil((end - begin) / SECOND / SPARSE_MAX))
    seconds = {symbol: _seconds(symbol, meetings, begin, end, step) for symbol in instruments}
    return Plan(users, begin, end, meetings, seconds)


def _seconds(symbol: str, meetings: Sequence[Meeting], begin: datetime, end: datetime, step: int) -> list[datetime]:
    wanted = {begin + n * SECOND for n in range(0, (end - begin) // SECOND, step)}
    for meeting in meetings:
        if meeting.instrument == symbol:
            wanted |= {meeting.at + n * SECOND for n in range(-2, TAIL_SECONDS + 1)}
    return sorted(wanted.union(second for second in recent_seconds(end) if second >= begin))


def recent_seconds(end: datetime) -> list[datetime]:
    """The seconds of the hour up to `end` that have a price in a demo, in order."""
    sparse = range(RECENT_SECONDS, DENSE_SECONDS, -RECENT_STEP)
    return [end - n * SECOND for n in (*sparse, *range(DENSE_SECONDS, -1, -1))]
