"""Snapshots: a channel's state from the database, for a new subscriber and after a gap."""

from dataclasses import dataclass

from channels.db import database_sync_to_async
from django.utils import timezone

from accounts.selectors.ledger.wallets import wallets_of
from accounts.wire import ledger as wire_ledger
from trading.domain.candles import Interval
from trading.domain.channels import Channel, Kind
from trading.selectors.history import Priced, Span, candles_within, priced, prices_after, prices_within
from trading.selectors.listings import listed_instruments
from trading.selectors.offers import offers_of
from trading.selectors.trades import current_trades_of, open_trades_of
from trading.wire import market as wire_market
from trading.wire import offers as wire_offers
from trading.wire import trades as wire_trades

SHOWN = 300


@dataclass(frozen=True, slots=True)
class Snapshot:
    """`seq` is that of the newest price; None for channels whose frames each socket counts."""

    seq: int | None
    data: list[dict[str, object]]


@database_sync_to_async  # type: ignore[untyped-decorator]
def state_of(channel: Channel, user_id: int | None) -> Snapshot:
    """The first state of a channel, for a private one of this person. Raises UnknownInstrument."""
    if channel.symbol is not None:
        return _market(priced(channel.symbol), channel.interval)
    if channel.kind is Kind.INSTRUMENTS:
        return Snapshot(None, [wire_market.instrument_status(instrument) for instrument in listed_instruments()])
    if user_id is None:
        raise ValueError(f"{channel.name} is private: a visitor has none")
    return Snapshot(None, _private(channel.kind, user_id))


def _market(found: Priced, interval: Interval | None) -> Snapshot:
    """The newest prices, or candles of an interval, ascending."""
    if interval is None:
        shown = prices_within(found.instrument, Span(None, None, SHOWN))
        return Snapshot(shown[-1].sequence if shown else 0, [wire_market.index_price(price) for price in shown])
    bars = candles_within(found.instrument, interval, Span(None, None, SHOWN))
    return Snapshot(found.sequence, wire_market.candles(bars, found.instrument.pip))


def _private(kind: Kind, user_id: int) -> list[dict[str, object]]:
    """A person's unsettled and latest trades, their wallets, or the sale offers of their open trades."""
    if kind is Kind.OFFERS:
        return [wire_offers.offer(offer) for offer in offers_of(open_trades_of([user_id]), now=timezone.now())]
    if kind is Kind.TRADES:
        return [wire_trades.flash_trade(trade) for trade in current_trades_of(user_id)]
    return [wire_ledger.wallet(wallet) for wallet in wallets_of(user_id)]


@database_sync_to_async  # type: ignore[untyped-decorator]
def missed_prices(symbol: str, seq: int) -> Snapshot | None:
    """The prices after `seq`; None when they are too many or `seq` isn't from this chain. Raises UnknownInstrument."""
    missed = prices_after(priced(symbol).instrument, seq, limit=SHOWN)
    if not missed:
        return None
    return Snapshot(missed[-1].sequence, [wire_market.index_price(price) for price in missed])
