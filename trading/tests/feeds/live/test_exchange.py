"""The library's connections to a venue."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from trading.feeds.live.exchange import Exchange
from trading.feeds.live.table import Settings


async def test_its_connections_are_closed_though_the_task_is_cancelled_meanwhile(
    monkeypatch: pytest.MonkeyPatch,
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
    watching.cancel()
    await asyncio.sleep(0)
    may_go_on.set()
    with pytest.raises(asyncio.CancelledError):
        await watching
    assert closed == [exchange]
