"""What a feed hands to the record, and what it hears back: ticks go in, never a price."""

from dataclasses import dataclass
from datetime import timedelta

from trading.domain.prices import Source, Tick

LATENESS_MAX = timedelta(seconds=2)
"""A price is recorded within this time of its second, or never: long before any trade's grace ends."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What the feed knows of one instrument at a second: the newest tick of each venue."""

    instrument: str
    source: Source
    ticks: tuple[Tick, ...]
    venues_min: int


@dataclass(frozen=True, slots=True)
class Recorded:
    """What came of a second. `due` are instruments with trades that this second's price may enter or settle."""

    published: tuple[str, ...]
    missing: tuple[str, ...]
    due: tuple[str, ...]


class PriceRefused(Exception):
    """The second is not a whole one, lies in the future, is too long ago, or isn't after the chain's last."""
