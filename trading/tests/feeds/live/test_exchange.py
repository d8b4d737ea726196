"""The library's connections to a venue."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal

import pytest

from accounts.tests.patience import PATIENCE_SECONDS
from trading.feeds.live.exchange import Exchange
from trading.feeds.live.table import Settings
from trading.tests.feeds.venues.dialect import Quote
from trading.tests.feeds.venues.dialects import DIALECTS
from trading.tests.feeds.venues.scene import MARKET
from trading.tests.feeds.venues.server import Town, Venue


@contextmanager
def served(name: str) -> Iterator[tuple[Town, Venue, Exchange]]:
    town = Town([Venue(name, {MARKET: Quote("59999.99", "60000.01")})])
    with town.served():
        venue, asked = town[name], town[name].settings
        yield town, venue, Exchange(name, Settings(rest=str(asked["rest"]), websocket=str(asked["websocket"])))


@pytest.mark.long
@pytest.mark.parametrize("name", DIALECTS)
async def test_of_messages_that_come_at_once_the_last_arrives_however_many_they_were(name: str) -> None:
    """Six thousand: a queue that never forgets a part of each message would be full by then."""
    with served(name) as (town, venue, exchange):
        async with exchange, asyncio.timeout(PATIENCE_SECONDS):
            await exchange.load()
            await exchange.next_top(MARKET)
            venue.frozen = True
            for first in range(60_000, 66_000, 500):
                listening = asyncio.create_task(_listen(exchange, Decimal(first + 499) - Decimal("0.01")))
                await asyncio.sleep(0)
                # The venue speaks from a thread of its own, and this one reads nothing meanwhile.
                town.do(venue.rise([str(first + more) for more in range(500)]))
                await listening


async def _listen(exchange: Exchange, until: Decimal) -> None:
    while (await exchange.next_top(MARKET)).bid != until:
        pass


@pytest.mark.long
async def test_after_the_close_the_library_opens_nothing(caplog: pytest.LogCaptureFixture) -> None:
    """Bitstamp's book comes over REST: for as long as that fails, the library asks again."""
    with served("bitstamp") as (_, bitstamp, exchange):
        async with exchange:
            await exchange.load()
            waiting = asyncio.ensure_future(exchange.next_top(MARKET))
            while not bitstamp.connections:
                await asyncio.sleep(0.01)
            bitstamp.refusing = True
            while bitstamp.turned_away < 2:
                await asyncio.sleep(0.01)
        assert isinstance((await asyncio.gather(waiting, return_exceptions=True))[0], Exception)
        async with asyncio.timeout(PATIENCE_SECONDS):
            while others := asyncio.all_tasks() - {asyncio.current_task()}:
                await asyncio.wait(others)
        assert exchange._client.session is None


@pytest.mark.parametrize("times", [1, 2])
async def test_its_connections_are_closed_however_often_the_task_is_cancelled_meanwhile(
    monkeypatch: pytest.MonkeyPatch, times: int
) -> None:
    begun, may_go_on, closed = asyncio.Event(), asyncio.Event(), []
    exchange = Exchange("kraken", Settings())
    close: Callable[[], Awaitable[None]] = exchange._client.close

    async def slowly() -> None:
        begun.set()
        await may_go_on.wait()
        await close()
        closed.append(exchange)

    monkeypatch.setattr(exchange._client, "close", slowly)

    async def watch() -> None:
        async with exchange:
            raise ConnectionError

    watching = asyncio.create_task(watch())
    await begun.wait()
    for _ in range(times):
        watching.cancel()
        await asyncio.sleep(0)
    may_go_on.set()
    with pytest.raises(asyncio.CancelledError):
        await watching
    assert closed == [exchange]
