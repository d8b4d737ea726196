"""Snapshots: a channel's state from the database, for a new subscriber and after a gap.

Market data are read once for all sockets, until their topic has news; private data of many people together.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from time import monotonic

from django.utils import timezone

from accounts.domain.channels import compact_json
from accounts.selectors.ledger.wallets import wallets_of_each
from accounts.selectors.people.announcements import announcements_at
from accounts.wire import ledger as wire_ledger
from accounts.wire import people as wire_people
from trading.domain.candles import Interval
from trading.domain.channels import Channel, Kind
from trading.domain.errors import UnknownInstrument
from trading.selectors.history import Priced, Span, candles_within, priced, prices_after, prices_within
from trading.selectors.listings import listed_instruments, newest_prices
from trading.selectors.offers import offers_of
from trading.selectors.trades import current_trades_of_each, open_trades_of
from trading.streams.hub import hub
from trading.streams.reading import Batches, PerLoop, read
from trading.wire import market as wire_market
from trading.wire import offers as wire_offers
from trading.wire import orders as wire_orders
from trading.wire import trades as wire_trades

SHOWN = 300
SHARED_SECONDS = 1.0
PEOPLE_MOST = 50
"""Read together: more would hold up all sockets while they become JSON."""


@dataclass(frozen=True)
class Snapshot:
    """`seq` is that of the newest price or message; None where each socket counts its frames. `data` is JSON."""

    channel: str
    seq: int | None
    data: str

    def frame(self, type: str, seq: int) -> str:
        """The frame of this state; for all sockets the same text, if its `seq` is the state's own."""
        if type == "snapshot" and seq == self.seq:
            return self._own_frame
        return f'{{"type":"{type}","channel":{compact_json(self.channel)},"seq":{seq},"data":{self.data}}}'

    @cached_property
    def _own_frame(self) -> str:
        return f'{{"type":"snapshot","channel":{compact_json(self.channel)},"seq":{self.seq},"data":{self.data}}}'


class Snapshots:
    """The states that the sockets of one event loop begin with."""

    def __init__(self) -> None:
        self._market: Batches[Channel, Snapshot | None] = Batches(_market_states, most=1)
        self._private: Batches[tuple[Kind, int], Snapshot] = Batches(_private_states, most=PEOPLE_MOST)
        self._shared: dict[Channel, tuple[int, float, Snapshot]] = {}

    async def state_of(self, channel: Channel, user_id: int | None) -> Snapshot:
        """The state of a channel, for a private one of this person. Raises UnknownInstrument.

        The caller has joined the topic before: it hears the news that this state doesn't have.
        """
        if not channel.is_private:
            return await self._market_state(channel)
        if user_id is None:
            raise ValueError(f"{channel.name} is private: a visitor has none")
        if not channel.is_kept:
            return await self._private.get((channel.kind, user_id))
        # Before the read, which has all that came until now.
        seq = await hub().logs.begin(channel.topic(user_id), channel.name)
        return replace(await self._private.get((channel.kind, user_id)), seq=seq)

    async def _market_state(self, channel: Channel) -> Snapshot:
        news = hub().news_of(channel.topic())
        if (shared := self._shared.get(channel)) and shared[0] == news and shared[1] > monotonic():
            return shared[2]
        found = await self._market.get(channel)
        if found is None:
            raise UnknownInstrument(str(channel.symbol))
        if news is not None:
            now = monotonic()
            self._shared = {each: kept for each, kept in self._shared.items() if kept[1] > now}
            self._shared[channel] = (news, now + SHARED_SECONDS, found)
        return found


def _market_states(channels: Sequence[Channel]) -> dict[Channel, Snapshot | None]:
    """None for an instrument that doesn't exist."""
    return {channel: _market_state(channel) for channel in channels}


def _market_state(channel: Channel) -> Snapshot | None:
    if channel.kind is Kind.TICKERS:
        return Snapshot(channel.name, None, compact_json(_tickers()))
    if channel.kind is Kind.ANNOUNCEMENTS:
        shown = announcements_at(timezone.now())
        return Snapshot(channel.name, None, compact_json([wire_people.announcement(each) for each in shown]))
    if channel.symbol is None:
        statuses = [wire_market.instrument_status(instrument) for instrument in listed_instruments()]
        return Snapshot(channel.name, None, compact_json(statuses))
    try:
        seq, data = _series(priced(channel.symbol), channel.interval)
    except UnknownInstrument:
        return None
    return Snapshot(channel.name, seq, compact_json(data))


def _tickers() -> list[dict[str, object]]:
    listed = {instrument.pk: instrument for instrument in listed_instruments()}
    heads = newest_prices(listed)
    return [wire_market.ticker(listed[head.instrument_id], head) for head in heads]


def _series(found: Priced, interval: Interval | None) -> tuple[int, object]:
    """The newest prices, or candles of an interval, ascending."""
    if interval is None:
        shown = prices_within(found.instrument, Span(None, None, SHOWN))
        return shown[-1].sequence if shown else 0, [wire_market.index_price(price) for price in shown]
    bars = candles_within(found.instrument, interval, Span(None, None, SHOWN))
    return found.sequence, wire_market.candles(bars, found.instrument.pip)


def _private_states(wanted: Sequence[tuple[Kind, int]]) -> dict[tuple[Kind, int], Snapshot]:
    states: dict[tuple[Kind, int], list[dict[str, object]]] = {each: [] for each in wanted}
    people = {kind: [user_id for of, user_id in wanted if of is kind] for kind in Kind}
    if people[Kind.WALLET]:
        for wallet in wallets_of_each(people[Kind.WALLET]):
            states[Kind.WALLET, wallet.owner_id].append(wire_ledger.wallet(wallet))
    for kind, write in ((Kind.TRADES, wire_trades.flash_trade), (Kind.ORDERS, wire_orders.order)):
        if people[kind]:
            for user_id, trades in current_trades_of_each(people[kind]).items():
                states[kind, user_id] = [write(trade) for trade in trades]
    if people[Kind.OFFERS]:
        for offer in offers_of(open_trades_of(people[Kind.OFFERS]), now=timezone.now()):
            states[Kind.OFFERS, offer.trade.user_id].append(wire_offers.offer(offer))
    return {(kind, user): Snapshot(kind, None, compact_json(data)) for (kind, user), data in states.items()}


async def missed(channel: Channel, user_id: int | None, seq: int) -> list[Snapshot] | None:
    """The updates after `seq`. None if they are too many, the log or the chain doesn't know `seq`, or the channel has
    neither. Raises UnknownInstrument.
    """
    if channel.is_kept:
        kept = await hub().logs.after(channel.topic(user_id), channel.name, seq)
        return None if kept is None else [Snapshot(channel.name, each.seq, each.data) for each in kept]
    if channel.kind is not Kind.PRICES:
        return None
    prices = await read(lambda: _missed(str(channel.symbol), seq))
    return None if prices is None else [prices]


def _missed(symbol: str, seq: int) -> Snapshot | None:
    missed = prices_after(priced(symbol).instrument, seq, limit=SHOWN)
    if not missed:
        return None
    data = [wire_market.index_price(price) for price in missed]
    return Snapshot(Channel(Kind.PRICES, symbol).name, missed[-1].sequence, compact_json(data))


snapshots = PerLoop(Snapshots)
"""The snapshots of the running event loop."""
