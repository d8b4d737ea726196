"""A connection to a venue: our calls of the ccxt library, and the best way to get each venue's quotes.

The only module that imports the library. The import takes seconds, so only a live feed does it.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, Self

import ccxt.pro
from ccxt.async_support.base.ws.client import Client

from accounts.domain.notation import is_written_readably
from trading.feeds.live.table import Settings

PRICE_MAX = Decimal(10) ** 12
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

# The library empties aiohttp's queue by itself, and aiohttp counts 128 bytes of each message as still there: after four
# thousand, the queue counts as full for ever, and the connection is never read again. Without a view of the queue, the
# library asks aiohttp for each message. ccxt 4.5.90 counts right, but its exact pins hold back other packages' repairs.
Client.buffer = None


class Unreadable(Exception):
    """The venue's answer isn't a best bid and ask."""


@dataclass(frozen=True, slots=True)
class Top:
    """The top of a venue's book. `order` never falls while a connection lasts."""

    bid: Decimal
    ask: Decimal
    venue_at: datetime | None
    order: int | None


@dataclass(frozen=True, slots=True)
class _Way:
    """The way to watch a venue: the library's method, the reader of its answer, and a mirror's addresses."""

    watch: Callable[[Any, str], Any]
    read: Callable[[Any], Top]
    mirror: Callable[[str, str], Mapping[str, Any]]
    options: Mapping[str, Any]
    tells_time: bool = True


class Exchange:
    """One connection to one venue. It passes on all errors of the library; the connection is over then."""

    def __init__(self, venue: str, settings: Settings) -> None:
        self._way = _WAYS[venue]
        config: dict[str, Any] = {"newUpdates": True, "options": dict(self._way.options)}
        config["has"] = {"fetchCurrencies": False}  # the markets are all that we need of a venue
        self._client = getattr(ccxt.pro, venue)(config)
        self._client.number = Decimal  # as the venue writes it, never through a float of our own
        self._redirect(settings)

    def _redirect(self, settings: Settings) -> None:
        addresses = self._way.mirror(settings.rest or "", settings.websocket or "")
        self._client.urls = _merged(self._client.urls, {"api": addresses})

    @property
    def tells_time(self) -> bool:
        """Whether its ticks carry the venue's time."""
        return self._way.tells_time

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        """Closes all connections, however often the task is cancelled meanwhile."""
        # Tasks of the library outlive its `close`: one that fetches a book would open new connections for it.
        self._client.open = _refuse_to_open
        closing = asyncio.ensure_future(self._client.close())
        cancelled = None
        while not closing.done():
            try:
                await asyncio.wait([closing])
            except asyncio.CancelledError as error:
                cancelled = error
        closing.result()
        if cancelled:
            raise cancelled

    async def load(self, known: Any = None) -> Any:
        """Load the venue's markets, over REST unless they are `known` from an earlier connection."""
        if known is not None:
            self._client.set_markets(known)
        await self._client.load_markets()
        return self._client.markets

    def has_market(self, market: str) -> bool:
        """Whether the loaded venue lists it."""
        return market in self._client.markets

    async def next_top(self, market: str) -> Top:
        """Wait for this market's next best bid and ask. Raises Unreadable."""
        answer = await self._answer(market)
        try:
            top = self._way.read(answer)
        except (ArithmeticError, LookupError, TypeError, ValueError) as error:
            raise Unreadable(f"{market}: {error!r}"[:200]) from error
        if not all(is_written_readably(price) and 0 < price < PRICE_MAX for price in (top.bid, top.ask)):
            raise Unreadable(f"{market}: not a price")
        if top.bid > top.ask:
            # A book that has missed an update stays crossed. We ignore its ticks, so the venue is soon connected anew.
            raise Unreadable(f"{market}: the bid is above the ask")
        return top

    async def _answer(self, market: str) -> Any:
        try:
            return await self._way.watch(self._client, market)
        except asyncio.CancelledError:
            task = asyncio.current_task()
            if task is not None and task.cancelling():
                raise
            # The cancellation isn't ours: the library cancels the tasks that wait for a connection that it closes.
            raise ConnectionError("the connection was closed") from None

    async def clock(self) -> datetime | None:
        """The venue's clock, over REST."""
        return _instant(await self._client.fetch_time(), 1000)


def _refuse_to_open() -> None:
    """Ends the task that wants to go on with a closed connection: the library repeats after all of its own errors."""
    raise asyncio.CancelledError


async def _bids_asks(client: Any, market: str) -> Any:
    return (await client.watch_bids_asks([market]))[market]


async def _ticker(client: Any, market: str) -> Any:
    return await client.watch_ticker(market)


async def _book(client: Any, market: str) -> Any:
    return await client.watch_order_book(market)


async def _book_of_ten(client: Any, market: str) -> Any:
    return await client.watch_order_book(market, 10)


def _read_ticker(ticker: Any) -> Top:
    at = _instant(ticker["timestamp"], 1000)
    return Top(_price(ticker["bid"]), _price(ticker["ask"]), at, ticker["timestamp"])


def _read_binance(ticker: Any) -> Top:
    """Spot `bookTicker`: it has no time, but the number of the book's update."""
    return Top(_price(ticker["bid"]), _price(ticker["ask"]), None, int(ticker["info"]["u"]))


def _read_kraken(book: Any) -> Top:
    at = _instant(book["timestamp"], 1000)
    return Top(_price(book["bids"][0][0]), _price(book["asks"][0][0]), at, book["timestamp"])


def _read_bitstamp(book: Any) -> Top:
    """The book's number is its time in µs; the library cuts its own time to whole seconds."""
    at = _instant(book["nonce"], 1_000_000)
    return Top(_price(book["bids"][0][0]), _price(book["asks"][0][0]), at, book["nonce"])


def _price(number: Any) -> Decimal:
    """If the library has made a float of the number, the float's shortest text is the venue's text.

    Raises ValueError for a side of the book without a quote.
    """
    if number is None:
        raise ValueError("one side of the book is empty")
    return Decimal(str(number))


def _instant(count: int | None, a_second: int) -> datetime | None:
    if count is None:
        return None
    return _EPOCH + timedelta(microseconds=int(count) * 1_000_000 // a_second)


def _merged(known: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    """The `known` addresses, with the non-empty `new` ones in their place."""
    merged = dict(known)
    for key, value in new.items():
        if isinstance(value, Mapping):
            merged[key] = _merged(merged[key], value)
        elif value:
            merged[key] = value
    return merged


_SPOT = {"defaultType": "spot", "fetchMarkets": {"types": ["spot"]}}

_WAYS: Mapping[str, _Way] = {
    # Of Binance's streams only this one sends every change of the best prices.
    "binance": _Way(_bids_asks, _read_binance, lambda rest, ws: {"public": rest, "ws": {"spot": ws}}, _SPOT, False),
    # Books of Bitstamp and Kraken send updates while the best prices stand still: a quiet market doesn't look silent.
    "bitstamp": _Way(_book, _read_bitstamp, lambda rest, ws: {"public": rest, "ws": ws}, {}),
    "kraken": _Way(_book_of_ten, _read_kraken, lambda rest, ws: {"public": rest, "ws": {"publicV2": ws}}, {}),
    # Coinbase's book begins with tens of thousands of levels; its ticker has the best of them.
    "coinbase": _Way(_ticker, _read_ticker, lambda rest, ws: {"rest": rest, "ws": ws}, {}),
    "okx": _Way(_bids_asks, _read_ticker, lambda rest, ws: {"rest": rest, "ws": ws}, _SPOT),
}
