"""Which venues count: those whose clock can be believed and whose price agrees with the others'."""

from collections import deque
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from statistics import median

from trading.domain.rules import RULES_NOW

CLOCK_SKEW_WINDOW = timedelta(seconds=10)


class Out(StrEnum):
    """Why a venue that was heard doesn't count. It is stored with the price and hashed, but not averaged."""

    DEVIATING = "deviating"
    SKEWED = "skewed"


def agreeing(mids: Mapping[str, Decimal], *, before: Collection[str], bound: Decimal) -> frozenset[str]:
    """The venues whose mid price is near enough to the median of all of them.

    One that counted in the price `before` stays within `bound` (a share of the median); any other comes in within
    half of it, so that none goes in and out with every tick at the edge.
    """
    if not mids:
        return frozenset()
    middle = median(mids.values())
    return frozenset(
        venue for venue, mid in mids.items() if abs(mid - middle) <= middle * (bound if venue in before else bound / 2)
    )


def offset_by_call(*, asked_at: datetime, told: datetime, answered_at: datetime) -> timedelta:
    """How far a clock that was asked over a network is behind ours at least; negative when it is ahead.

    It was told at some time of the call: a slow way there or back must not pass for a wrong clock.
    """
    return min(max(timedelta(0), asked_at - told), answered_at - told)


@dataclass(slots=True)
class ClockSkewMeter:
    """How far a venue's clock is behind ours: the least (receipt − venue time) of the last 10 s.

    The way from there to here only adds, and varies; so the least is nearest to the difference of the clocks.
    Negative when the venue's clock is ahead. Without a newer measurement the last one holds.
    """

    window: timedelta = CLOCK_SKEW_WINDOW
    _offsets: deque[tuple[datetime, timedelta]] = field(default_factory=deque)

    def measure(self, offset: timedelta, at: datetime) -> None:
        """Take in one measurement, made at `at`; in the order of time."""
        while self._offsets and self._offsets[-1][1] >= offset:
            self._offsets.pop()
        self._offsets.append((at, offset))
        while at - self._offsets[0][0] > self.window:
            self._offsets.popleft()

    @property
    def clock_skew(self) -> timedelta | None:
        """None before the first measurement."""
        return self._offsets[0][1] if self._offsets else None

    def is_known(self, at: datetime, age_max: timedelta) -> bool:
        """Whether the newest measurement is at most so old at `at`."""
        return bool(self._offsets) and at - self._offsets[-1][0] <= age_max

    @property
    def is_bounded(self) -> bool:
        """Whether the venue's clock can be believed; unmeasured, it is."""
        return self.clock_skew is None or abs(self.clock_skew) <= RULES_NOW.clock_skew_max


@dataclass(frozen=True, slots=True)
class VenueHealth:
    """How a venue fares: for the people who run the market, and for those who trade on it."""

    venue: str
    state: str
    """`connecting`, `live`, or `waiting` (for the next attempt)."""

    since: datetime
    heard_at: datetime | None
    clock_skew: timedelta | None
    connections: int
    """How many were made since the feed began: one, if all is well."""

    unreadable: int
    repeated: int
    """Ticks that were the same again, or older than what came before."""

    error: str | None
    """Why the last connection ended, or could not be made."""

    mirror: str | None
    """The host that is asked instead of the venue's own."""

    missing: tuple[str, ...]
    """Markets that the venue doesn't list."""

    heard: Mapping[str, datetime]
    """When each instrument was heard last."""
