"""One second of an instrument: its price, or the reason why there is none."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.db.models import QuerySet

from trading.models import IndexPrice, Instrument
from trading.selectors.history import priced


class Missing(StrEnum):
    """Why a second has no price."""

    FUTURE = "future"
    """It hasn't come, or its price hasn't."""

    BEFORE = "before"
    """It is before the first price of the instrument."""

    GAP = "gap"
    """Too few venues were heard: no price was made, and none can come any more."""

    REMOVED = "removed"
    """Its price decided no trade, and was removed after its time."""


@dataclass(frozen=True, slots=True)
class Second:
    """`before` and `after` are the nearest prices; `missing` is None where there is a price."""

    instrument: Instrument
    at: datetime
    price: IndexPrice | None
    before: IndexPrice | None
    after: IndexPrice | None

    @property
    def missing(self) -> Missing | None:
        if self.price is not None:
            return None
        if self.after is None:
            return Missing.FUTURE
        if self.before is None:
            return Missing.BEFORE if self.after.sequence == 1 else Missing.REMOVED
        return Missing.GAP if self.after.sequence == self.before.sequence + 1 else Missing.REMOVED


def second_of(symbol: str, at: datetime) -> Second:
    """This whole second of the instrument, in any status. Raises UnknownInstrument."""
    instrument = priced(symbol).instrument
    prices = IndexPrice.objects.filter(instrument=instrument)
    return Second(
        instrument=instrument,
        at=at,
        price=_first(instrument, prices.filter(priced_at=at)),
        before=_first(instrument, prices.filter(priced_at__lt=at).order_by("-priced_at")),
        after=_first(instrument, prices.filter(priced_at__gt=at).order_by("priced_at")),
    )


def _first(instrument: Instrument, prices: QuerySet[IndexPrice]) -> IndexPrice | None:
    price = next(iter(prices[:1]), None)
    if price is not None:
        price.instrument = instrument
    return price
