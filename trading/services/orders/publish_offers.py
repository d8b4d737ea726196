from datetime import datetime

from accounts.publish import listeners_of
from trading.domain.channels import Kind
from trading.publish import publish_offers as publish
from trading.selectors.offers import offers_of
from trading.selectors.trades import open_trades_of


def publish_offers(*, instrument: str, now: datetime) -> int:
    """Publish the sale offers of this instrument's open trades to the owners that listen; returns the number of offers.

    Three queries for all of them together, and none while nobody listens.
    """
    listeners = listeners_of(Kind.OFFERS)
    trades = open_trades_of(listeners, symbol=instrument) if listeners else []
    if trades:
        publish(offers_of(trades, now=now))
    return len(trades)
