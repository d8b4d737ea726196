"""The clocks of our processes, compared with the database's: the only one that all of them share."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from trading.domain.venues import offset_by_call

TOLERANCE = timedelta(seconds=1)
"""Clocks may differ by this much. The database's guards of prices, results and close orders have the same bound.

That of acceptances is wider (30 s), because the age of the prices bounds an order already.
"""


@dataclass(frozen=True, slots=True)
class ClockReport:
    """How far a program's clock is `ahead` of the database's, negative if behind; measured at its own time `at`."""

    program: str
    host: str
    ahead: timedelta
    at: datetime

    @property
    def is_right(self) -> bool:
        return abs(self.ahead) <= TOLERANCE


def ahead_of(told: Callable[[], datetime], clock: Callable[[], datetime]) -> timedelta:
    """The least time by which `clock` is ahead of the one that `told` asks over a network; negative if it is behind."""
    asked_at = clock()
    answer = told()
    return offset_by_call(asked_at=asked_at, told=answer, answered_at=clock())
