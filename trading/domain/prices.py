"""Ticks, and the index prices made from them. A hash chains each index price to the one before."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from accounts.domain.notation import is_written_readably, write_decimal, write_instant

FIRST_LINK = "0" * 64
"""The first price of a chain has this in place of the previous digest."""


VenueInput = dict[str, object]
"""One venue's part in a price, as stored, hashed and shown: see `Tick.as_input` and `index.venue_inputs`."""


class Source(StrEnum):
    """The origin of an index. Every screen and every answer marks a price that isn't live."""

    LIVE = "live"
    REPLAY = "replay"
    SIMULATED = "simulated"


@dataclass(frozen=True, slots=True)
class Tick:
    """One venue's update. `venue_at` is the venue's own clock, if the venue tells it; `received_at` is ours.

    `conversion` names the instrument whose price converts this quote into the currency of the index. `skewed`: the
    venue's clock is wrong, so that the tick is stored but doesn't count. `mirror` is the host that the tick came from,
    if that isn't the venue's own.
    """

    venue: str
    bid: Decimal
    ask: Decimal
    venue_at: datetime | None
    received_at: datetime
    conversion: str | None = None
    skewed: bool = False
    mirror: str | None = None

    @property
    def mid(self) -> Decimal:
        return (self.bid + self.ask) / 2

    @property
    def is_sound(self) -> bool:
        """Whether a price can be made from it: numbers that the reader of a proof reads, positive, not crossed."""
        # Readable first: comparing a NaN raises.
        return is_written_readably(self.bid) and is_written_readably(self.ask) and 0 < self.bid <= self.ask

    def as_input(self) -> VenueInput:
        """The form that is stored with a price, hashed and shown."""
        heard: VenueInput = {
            "venue": self.venue,
            "bid": write_decimal(self.bid),
            "ask": write_decimal(self.ask),
            "venue_at": write_instant(self.venue_at) if self.venue_at else None,
            "received_at": write_instant(self.received_at),
        }
        return heard | {"mirror": self.mirror} if self.mirror else heard


@dataclass(frozen=True, slots=True)
class PricePoint:
    """A price at a whole second, with all that settlement uses. Only live prices decide real money."""

    priced_at: datetime
    price: Decimal
    live: bool = True


def time_of(point: PricePoint) -> datetime:
    """The sort key for a search by time in a series."""
    return point.priced_at


def chain_digest(
    *,
    instrument: str,
    sequence: int,
    priced_at: datetime,
    price: Decimal,
    source: str,
    venues: Sequence[VenueInput],
    previous: str,
    rule_version: int,
    pip: Decimal,
    venues_min: int | None,
) -> str:
    """SHA-256 (hex) over the price, its inputs and the digest of the price before: the link of the chain.

    The hashed text is JSON with sorted keys and no blanks, decimals in their shortest plain form. From rule version 2
    on, it includes the rule version, the pip and the number of venues that the price needed.
    """
    content: dict[str, object] = {
        "instrument": instrument,
        "sequence": sequence,
        "priced_at": write_instant(priced_at),
        "price": write_decimal(price),
        "source": source,
        "venues": list(venues),
        "previous": previous,
    }
    if rule_version >= 2:
        content |= {"rule_version": rule_version, "pip": write_decimal(pip), "venues_min": venues_min}
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()
