from trading.domain.prices import Source
from trading.domain.rules import CURRENT
from trading.domain.terms import Market, Status
from trading.selectors.listings import Listing


def market_of(listing: Listing) -> Market:
    """The domain's Market of an instrument at this moment."""
    instrument = listing.instrument
    return Market(
        symbol=instrument.symbol,
        status=Status(instrument.status),
        currency=instrument.currency,
        pip=instrument.pip,
        stake_min=instrument.stake_min,
        stake_max=instrument.stake_max,
        durations=instrument.durations,
        priced_at=listing.newest.priced_at if listing.newest else None,
        source=Source(listing.newest.source) if listing.newest else None,
        rule_version=listing.newest.rule_version if listing.newest else CURRENT,
        status_reason=instrument.status_reason,
    )
