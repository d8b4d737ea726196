"""The interface of a feed: a source of ticks that the publisher pulls; the same calls get the same ticks."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Protocol

from trading.domain.prices import Source, Tick


@dataclass(frozen=True, slots=True)
class FeedInstrument:
    """The fields of an instrument that a feed needs."""

    id: int
    symbol: str
    pip: Decimal
    venues_min: int
    tradable: bool = True


class FeedSource(Protocol):
    """A source of ticks. It is pulled, never pushes, and reads no clock: the caller passes the time."""

    source: Source

    @property
    def instruments(self) -> frozenset[str]:
        """The symbols that it can price."""

    @property
    def converting(self) -> frozenset[str]:
        """The symbols among them that convert quotes for others."""

    def venues_min(self, instrument_default: int) -> int:
        """The number of fresh venues for an index from this source: a recording of one venue can't have three."""

    def drain(self, until: datetime) -> Iterable[tuple[str, Tick]]:
        """Every tick received by `until` that wasn't drained before, with its symbol, in order of receipt."""
