"""The past hour of the simulated feed, for a new installation: its charts are full at once."""

from collections.abc import Sequence
from datetime import datetime

from accounts.domain.moments import Clock
from trading.demo.market import readings
from trading.demo.plan import SECOND, recent_seconds
from trading.feeds.source import FeedInstrument
from trading.selectors.listings import newest_prices
from trading.services.prices.record_past_prices import record_past_prices

CATCH_UPS_MAX = 5
"""Each takes a fraction of the time that it makes up for; a machine on which it doesn't never arrives at now."""


def record_past_hour(instruments: Sequence[FeedInstrument], *, seed: str, clock: Clock) -> int:
    """Chain the hour up to now to each instrument that has no price yet. Returns the number of prices.

    Making an hour takes seconds: those follow, until none has passed meanwhile, so that the feed goes on where this
    ends. The prices are those of the simulated feed and marked as simulated. Needs the tables' owner, and a feed that
    stands still. Raises PriceRefused when another process records prices meanwhile.
    """
    priced = {head.instrument_id for head in newest_prices([item.id for item in instruments])}
    unpriced = [item for item in instruments if item.tradable and item.id not in priced]
    end = clock().replace(microsecond=0)
    made = sum(_record(item, recent_seconds(end), seed, only_first=True) for item in unpriced)
    for _ in range(CATCH_UPS_MAX):
        passed = (clock() - end) // SECOND
        if not passed:
            break
        made += sum(_record(item, [end + n * SECOND for n in range(1, passed + 1)], seed) for item in unpriced)
        end += passed * SECOND
    return made


def _record(item: FeedInstrument, seconds: Sequence[datetime], seed: str, *, only_first: bool = False) -> int:
    made = list(readings(item, seconds, seed=seed))
    return record_past_prices(instrument=item.symbol, readings=made, only_first=only_first)
