"""The exchange between a feed and the record: the feed hands over ticks, never a price, and hears the result."""

from dataclasses import dataclass
from datetime import timedelta

from trading.domain.prices import Source, Tick

LATENESS_MAX = timedelta(seconds=2)
"""A price is recorded within this time of its second, or never: long before any trade's grace ends."""


@dataclass(frozen=True, slots=True)
class Reading:
    """The feed's knowledge of one instrument at a second: the newest tick of each venue."""

    instrument: str
    source: Source
    ticks: tuple[Tick, ...]
    venues_min: int


@dataclass(frozen=True, slots=True)
class Recorded:
    """The result of a second. `due` are instruments with trades that this second's price may enter or settle."""

    published: tuple[str, ...]
    missing: tuple[str, ...]
    due: tuple[str, ...]


class PriceRefused(Exception):
    """The second is not a whole one, lies in the future, is too long ago, or isn't after the chain's last.

    The future begins at the end of our clock, or of the database's.
    """
