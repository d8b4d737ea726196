"""Venue checks: a venue counts if its clock is right and its price agrees with those of the others."""

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
    """The reason why a venue with a fresh tick doesn't count. The price stores and hashes the tick, but leaves it
    out."""

    DEVIATING = "deviating"
    SKEWED = "skewed"


def agreeing(mids: Mapping[str, Decimal], *, before: Collection[str], bound: Decimal) -> frozenset[str]:
    """The venues whose mid price is near enough to the median of all of them.

    A venue that counted in the price `before` stays within `bound` (a share of the median); any other comes in within
    half of it, so that no venue goes in and out with every tick at the edge.
    """
    if not mids:
        return frozenset()
    middle = median(mids.values())
    return frozenset(
        venue for venue, mid in mids.items() if abs(mid - middle) <= middle * (bound if venue in before else bound / 2)
    )


def offset_by_call(*, asked_at: datetime, told: datetime, answered_at: datetime) -> timedelta:
    """The least time by which a clock, read over a network, is behind ours; negative when it is ahead.

    The clock was read at some moment of the call: a slow network must not make a clock look wrong.
    """
    return min(max(timedelta(0), asked_at - told), answered_at - told)


@dataclass(slots=True)
class ClockSkewMeter:
    """Measures how far a venue's clock is behind ours: the least (receipt − venue time) of the last 10 s.

    The network only adds time, and not always the same; so the least is nearest to the difference of the clocks.
    Negative when the venue's clock is ahead. Without a newer measurement the last one holds.
    """

    window: timedelta = CLOCK_SKEW_WINDOW
    _offsets: deque[tuple[datetime, timedelta]] = field(default_factory=deque)

    def measure(self, offset: timedelta, at: datetime) -> None:
        """Add one measurement, made at `at`; in the order of time."""
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
        """Whether the newest measurement is at most `age_max` old at `at`."""
        return bool(self._offsets) and at - self._offsets[-1][0] <= age_max

    @property
    def is_bounded(self) -> bool:
        """Whether the venue's clock is near enough to ours; an unmeasured clock counts as such."""
        return self.clock_skew is None or abs(self.clock_skew) <= RULES_NOW.clock_skew_max


@dataclass(frozen=True, slots=True)
class MarketApart:
    """A market that failed while others of its venue didn't: it is watched by a connection of its own."""

    instrument: str
    market: str
    error: str | None
    """The reason why it isn't heard; None if it is."""


@dataclass(frozen=True, slots=True)
class VenueHealth:
    """The state of a venue, for the operator's staff and for traders."""

    venue: str
    state: str
    """`connecting`, `live`, or `waiting` (for the next attempt)."""

    since: datetime
    heard_at: datetime | None
    clock_skew: timedelta | None
    connections: int
    """The number of connections since the feed began: one, if all is well."""

    unreadable: int
    repeated: int
    """Ticks that repeat the one before, or are older than it."""

    error: str | None
    """The reason why the last connection ended, or failed."""

    mirror: str | None
    """The host that is asked instead of the venue's own."""

    missing: tuple[str, ...]
    """Markets that the venue doesn't list."""

    heard: Mapping[str, datetime]
    """The last receipt for each instrument."""

    apart: tuple[MarketApart, ...] = ()
