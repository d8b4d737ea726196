"""Publishes committed changes to the streams of this room."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict
from datetime import datetime

from django.core.cache import cache
from django.db import DatabaseError

from accounts.domain.channels import Message
from accounts.domain.errors import Refusal
from accounts.domain.notation import write_instant
from accounts.publish import listened_to, publish, wallet_messages
from accounts.selectors.ledger.wallets import Wallet
from trading.domain.candles import Interval
from trading.domain.channels import Channel, Kind
from trading.domain.clocks import ClockReport
from trading.domain.orders import Order
from trading.domain.venues import VenueHealth
from trading.models import FlashTrade, IndexPrice, Instrument
from trading.selectors.clock import CLOCKS
from trading.selectors.history import Span, latest_candles, prices_within
from trading.selectors.offers import TradeOffer
from trading.selectors.venues import VENUE_REPORT, VenueReport
from trading.wire import market as wire_market
from trading.wire import offers as wire_offers
from trading.wire import orders as wire_orders
from trading.wire import trades as wire_trades

VENUE_REPORT_SECONDS = 10
"""A feed reports each second; an older report says nothing about the present."""

CLOCK_REPORT_SECONDS = 60
"""Each process compares its clock every 10 seconds or more often; an older report is of a process that has ended."""

TOLD_AGAIN_MOST = 5
"""After a longer silence of Redis, the stream processes read the state anew (`trading.streams.beat`)."""

_taken: dict[int, int] = {}
"""The `sequence` of the newest price that Redis took from this process, by the instrument's key."""


def publish_statuses(instruments: Sequence[Instrument]) -> None:
    """Publish the new status of these instruments to everybody."""
    data = [wire_market.instrument_status(instrument) for instrument in instruments]
    publish([Channel(Kind.INSTRUMENTS).message(data)] if data else [])


def publish_prices(prices: Iterable[IndexPrice]) -> None:
    """Publish each new price to the watchers of its instrument and of all, and the candles that are watched."""
    told = list(prices)
    if publish(_price_message(price) for price in told):
        _taken.update((price.instrument_id, price.sequence) for price in told)
    tickers = Channel(Kind.TICKERS)
    if told and listened_to([tickers.topic()]):
        listed = [price for price in told if price.instrument.tradable]
        publish([tickers.message([wire_market.ticker(price.instrument, price) for price in listed])])
    wanted = {
        channel.topic(): (channel, interval, price)
        for price in told
        for interval in Interval
        for channel in [Channel(Kind.CANDLES, price.instrument.symbol, interval)]
    }
    heard = [wanted[topic] for topic in sorted(listened_to(wanted, numbered=True))]
    if heard:
        publish(_candle_messages(heard))


def _price_message(price: IndexPrice) -> Message:
    channel = Channel(Kind.PRICES, price.instrument.symbol)
    return channel.message([wire_market.index_price(each) for each in [*_untold(price), price]], seq=price.sequence)


def _untold(price: IndexPrice) -> list[IndexPrice]:
    """The last prices before this one that this process has not published: Redis did not take them, or another feed
    recorded them, and may have died before it told of them.
    """
    before = price.sequence - 1
    many = min(before - _taken.get(price.instrument_id, 0), TOLD_AGAIN_MOST)
    if many <= 0:
        return []
    try:
        return prices_within(price.instrument, Span(None, price.priced_at, many))
    except DatabaseError:  # the new price must not wait for the old ones
        return []


def _candle_messages(heard: Sequence[tuple[Channel, Interval, IndexPrice]]) -> Iterable[Message]:
    candles = latest_candles([(price.instrument_id, interval) for _, interval, price in heard])
    for channel, interval, price in heard:
        data = wire_market.candles(candles[price.instrument_id, interval], price.instrument.pip)
        yield channel.message(data, seq=price.sequence)


def keep_venue_report(at: datetime, venues: Iterable[VenueHealth]) -> None:
    """Store the state of the venues in the cache, where every process reads it (`selectors.venues.venue_report`)."""
    report = VenueReport(write_instant(at), tuple(wire_market.venue(item) for item in venues))
    cache.set(VENUE_REPORT, asdict(report), timeout=VENUE_REPORT_SECONDS)


def keep_clock_report(report: ClockReport) -> None:
    """Store a process's comparison of clocks in the cache, where every process reads it (`selectors.clock`)."""
    cache.set(f"{CLOCKS}.{report.program}.{report.host}", asdict(report), timeout=CLOCK_REPORT_SECONDS)


def publish_offers(offers: Iterable[TradeOffer]) -> None:
    """Publish the sale offers of this second, one message per owner."""
    by_owner: dict[int, list[dict[str, object]]] = defaultdict(list)
    for offer in offers:
        by_owner[offer.trade.user_id].append(wire_offers.offer(offer))
    publish(Channel(Kind.OFFERS).message(data, user_id=owner) for owner, data in by_owner.items())


def publish_trades(
    trades: Iterable[FlashTrade], wallets: Iterable[Wallet], *, with_orders_of: Collection[int] = ()
) -> None:
    """Publish the present state of trades and wallets: one message of each kind per owner, for all trades together.

    The owners in `with_orders_of` get their orders as well.
    """
    by_owner: dict[int, list[dict[str, object]]] = defaultdict(list)
    orders: dict[int, list[dict[str, object]]] = defaultdict(list)
    for trade in trades:
        by_owner[trade.user_id].append(wire_trades.flash_trade(trade))
        if trade.user_id in with_orders_of:
            orders[trade.user_id].append(wire_orders.order(trade))
    messages = [Channel(Kind.TRADES).message(data, user_id=owner) for owner, data in by_owner.items()]
    messages += [Channel(Kind.ORDERS).message(data, user_id=owner) for owner, data in orders.items()]
    publish(messages + wallet_messages(wallets))


def publish_refused(refused: Iterable[tuple[Order, Refusal]]) -> None:
    """Publish that these orders were refused, each to its owner."""
    publish(
        Channel(Kind.ORDERS).message([wire_orders.refused_order(order.idempotency_key, refusal)], user_id=order.user_id)
        for order, refusal in refused
    )
