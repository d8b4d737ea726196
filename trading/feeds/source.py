"""What a feed is made of: a source of ticks that is asked for them, so that the same questions get the same ticks."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Protocol

from trading.domain.prices import Source, Tick


@dataclass(frozen=True, slots=True)
class FeedInstrument:
    """An instrument as a feed sees it."""

    id: int
    symbol: str
    pip: Decimal
    venues_min: int
    tradable: bool = True


class FeedSource(Protocol):
    """Where ticks come from. It is pulled, never pushes, and reads no clock: the one who asks says what time it is."""

    source: Source

    @property
    def instruments(self) -> frozenset[str]:
        """The symbols that it can price."""

    @property
    def converting(self) -> frozenset[str]:
        """Those of them by which quotes for others are converted."""

    def venues_min(self, instrument_default: int) -> int:
        """How many fresh venues an index from this source needs: a recording of one venue can't have three."""

    def drain(self, until: datetime) -> Iterable[tuple[str, Tick]]:
        """Every tick received by `until` that wasn't drained before, with its symbol, in order of receipt."""
