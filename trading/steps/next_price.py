"""Makes the next price of an instrument's chain; the caller stores it."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from trading.domain.index import index_of
from trading.domain.prices import FIRST_LINK, VenueInput, chain_digest
from trading.domain.reading import PriceRefused, Reading
from trading.domain.rules import CURRENT, RULES_NOW
from trading.models import IndexPrice, Instrument, PriceHead

PRICE_LIMIT = Decimal(10) ** 12
"""A price is above 0, rounded to its pip, and below this."""


def next_price(
    instrument: Instrument,
    last: PriceHead | IndexPrice | None,
    reading: Reading,
    venues: list[VenueInput],
    at: datetime,
    now: datetime,
) -> IndexPrice | None:
    """The next price of the chain; None when too few venues count, or the index is outside the bounds of a price.

    Raises PriceRefused where the chain has a price of this second or of a later one.
    """
    price = index_of(venues, pip=instrument.pip, venues_min=reading.venues_min, rules=RULES_NOW)
    if price is None or not 0 < price < PRICE_LIMIT:
        # The database would refuse it, and with it the second of every other instrument.
        return None
    if last is not None and last.priced_at >= at:
        raise PriceRefused(f"{instrument.symbol} is priced up to {last.priced_at} already")
    link: dict[str, Any] = {
        "sequence": last.sequence + 1 if last else 1,
        "priced_at": at,
        "price": price,
        "source": reading.source,
        "venues": venues,
        "previous": last.digest if last else FIRST_LINK,
        "rule_version": CURRENT,
        "venues_min": reading.venues_min,
    }
    digest = chain_digest(instrument=instrument.symbol, pip=instrument.pip, **link)
    return IndexPrice(instrument=instrument, digest=digest, recorded_at=now, **link)
