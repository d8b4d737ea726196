"""Telling the streams of this room what has been committed."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime

from accounts.domain.notation import write_instant
from accounts.publish import apart_topic, listened_to, own_topic, publish, user_topic, wallet_messages
from accounts.selectors.ledger.wallets import Wallet
from trading.domain.candles import Interval
from trading.domain.venues import VenueHealth
from trading.models import FlashTrade, IndexPrice, Instrument
from trading.selectors.history import latest_candles
from trading.selectors.offers import TradeOffer
from trading.selectors.venues import remember_venues
from trading.wire import market as wire_market
from trading.wire import offers as wire_offers
from trading.wire import trades as wire_trades

OFFERS = "offers"
"""The private channel of what one's open trades could be sold for, as streams name it."""


def price_channel(symbol: str) -> str:
    """The channel of an instrument's index prices, as streams name it."""
    return f"prices.{symbol}"


def price_topic(symbol: str) -> str:
    """Where an instrument's index prices go."""
    return own_topic(price_channel(symbol))


def candle_channel(symbol: str, interval: Interval) -> str:
    """The channel of an instrument's candles, as streams name it."""
    return f"candles.{symbol}.{interval}"


INSTRUMENTS_CHANNEL = "instruments"


def publish_statuses(instruments: Sequence[Instrument]) -> None:
    """What may be done on these instruments from now on, to everybody who wants to know."""
    data = [wire_market.instrument_status(instrument) for instrument in instruments]
    publish([(own_topic(INSTRUMENTS_CHANNEL), {"channel": INSTRUMENTS_CHANNEL, "data": data})] if data else [])


def publish_prices(prices: Iterable[IndexPrice]) -> None:
    """Each new price, to whoever watches its instrument, and what it made of the candles that somebody watches."""
    told = list(prices)
    publish((price_topic(price.instrument.symbol), _news(price)) for price in told)
    wanted = {
        own_topic(candle_channel(price.instrument.symbol, interval)): (price, interval)
        for price in told
        for interval in Interval
    }
    heard = [wanted[topic] for topic in sorted(listened_to(wanted))]
    if heard:
        publish(_candle_messages(heard))


def _candle_messages(heard: Sequence[tuple[IndexPrice, Interval]]) -> Iterable[tuple[str, object]]:
    candles = latest_candles([(price.instrument_id, interval) for price, interval in heard])
    for price, interval in heard:
        channel = candle_channel(price.instrument.symbol, interval)
        data = wire_market.candles(candles[price.instrument_id, interval], price.instrument.pip)
        yield own_topic(channel), {"channel": channel, "seq": price.sequence, "data": data}


def _news(price: IndexPrice) -> dict[str, object]:
    channel = price_channel(price.instrument.symbol)
    return {"channel": channel, "seq": price.sequence, "data": [wire_market.index_price(price)]}


def publish_venues(at: datetime, venues: Iterable[VenueHealth]) -> None:
    """How the venues fare, for whoever asks in the next seconds (see `selectors.venues`); lost when the cache is."""
    remember_venues(write_instant(at), [wire_market.venue(item) for item in venues])


def publish_offers(offers: Iterable[TradeOffer]) -> None:
    """What trades could be sold for at this second, one message per owner."""
    by_owner: dict[int, list[dict[str, object]]] = defaultdict(list)
    for offer in offers:
        by_owner[offer.trade.user_id].append(wire_offers.offer(offer))
    publish(
        (apart_topic(user_topic(owner), OFFERS), {"channel": OFFERS, "data": data}) for owner, data in by_owner.items()
    )


def publish_trades(trades: Iterable[FlashTrade], wallets: Iterable[Wallet]) -> None:
    """Trades and wallets as they now stand: one message of each kind per owner, however many trades changed."""
    by_owner: dict[int, list[dict[str, object]]] = defaultdict(list)
    for trade in trades:
        by_owner[trade.user_id].append(wire_trades.flash_trade(trade))
    messages: list[tuple[str, object]] = [
        (user_topic(owner), {"channel": "trades", "data": data}) for owner, data in by_owner.items()
    ]
    publish(messages + wallet_messages(wallets))
