from datetime import datetime

from accounts.publish import listeners_of
from trading.domain.channels import Kind
from trading.publish import publish_offers as publish
from trading.selectors.offers import offers_of
from trading.selectors.trades import open_trades_of


def publish_offers(*, instrument: str, now: datetime) -> int:
    """Tell those who listen what their open trades of this instrument could be sold for now; how many offers.

    Three queries for all of them together, and none at all while nobody listens.
    """
    listeners = listeners_of(Kind.OFFERS)
    trades = open_trades_of(listeners, symbol=instrument) if listeners else []
    if trades:
        publish(offers_of(trades, now=now))
    return len(trades)
