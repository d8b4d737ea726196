"""The state of a venue while it is watched, and of the markets that are watched apart."""

from dataclasses import dataclass, field
from datetime import datetime

from trading.domain.venues import ClockSkewMeter, MarketApart, VenueHealth


@dataclass(slots=True)
class Condition:
    """The state of a venue. Only its own thread changes it."""

    since: datetime
    state: str = "connecting"
    heard_at: datetime | None = None
    connections: int = 0
    unreadable: int = 0
    repeated: int = 0
    error: str | None = None
    missing: frozenset[str] = frozenset()
    heard: dict[str, datetime] = field(default_factory=dict)
    apart: dict[str, MarketApart] = field(default_factory=dict)
    unread: dict[str, str] = field(default_factory=dict)
    """The last answer of each market that couldn't be read, until one can."""

    def health(self, venue: str, meter: ClockSkewMeter, mirror: str | None) -> VenueHealth:
        """A copy, for other threads."""
        return VenueHealth(
            venue=venue,
            state=self.state,
            since=self.since,
            heard_at=self.heard_at,
            clock_skew=meter.clock_skew,
            connections=self.connections,
            unreadable=self.unreadable,
            repeated=self.repeated,
            error=self.error,
            mirror=mirror,
            missing=tuple(sorted(self.missing)),
            heard=dict(self.heard),
            apart=tuple(self.apart.values()),
        )
