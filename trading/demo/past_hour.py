"""The past hour of the simulated feed, for a new installation: its charts are full at once."""

from collections.abc import Sequence
from datetime import datetime

from trading.demo.market import readings
from trading.demo.plan import recent_seconds
from trading.feeds.source import FeedInstrument
from trading.selectors.listings import newest_prices
from trading.services.prices.record_past_prices import record_past_prices


def record_past_hour(instruments: Sequence[FeedInstrument], *, seed: str, end: datetime) -> int:
    """Chain the hour up to `end`, a whole second, to each instrument that has no price yet. Returns their number.

    The prices are those of the simulated feed and marked as simulated. Needs the tables' owner, and a feed that stands
    still. Raises PriceRefused when another process records prices meanwhile.
    """
    priced = {head.instrument_id for head in newest_prices([item.id for item in instruments])}
    return sum(
        record_past_prices(
            instrument=item.symbol, readings=list(readings(item, recent_seconds(end), seed=seed)), only_first=True
        )
        for item in instruments
        if item.tradable and item.id not in priced
    )
