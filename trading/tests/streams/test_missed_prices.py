"""No price is missing on a socket whose client reads: not after a resume, and not when a message was lost."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from channels.db import database_sync_to_async
from django.db import connection
from pytest_django import Settings

from accounts import publish
from accounts.tests.cast import NOON
from accounts.tests.patience import PATIENCE_SECONDS
from trading.domain.channels import Channel
from trading.selectors.history import prices_after
from trading.streams.hub import hub
from trading.streams.outbox import Outbox
from trading.streams.protocol import Published
from trading.streams.snapshots import Snapshot
from trading.streams.subscription import Subscription
from trading.tests.cast import Stage, open_stage
from trading.tests.sockets import Client

pytestmark = pytest.mark.django_db(transaction=True)
PRICES = "prices.BTC-USDT"
SECOND = timedelta(seconds=1)


@pytest.fixture
def market(transactional_db: None) -> Stage:
    return open_stage()


@pytest.fixture
async def visitor() -> AsyncIterator[Client]:
    client = Client()
    assert await client.connect()
    yield client
    await client.socket.disconnect()
    await hub().close()


def price(number: int) -> Published:
    return Published(PRICES, PRICES, [number], number)


async def test_it_resumes_with_what_was_missed(market: Stage, visitor: Client) -> None:
    for second in (1, 2):
        await database_sync_to_async(market.price)(NOON + second * SECOND, "60001.50")

    await visitor.say(op="resume", id=1, channel=PRICES, seq=1)

    assert (await visitor.hear())["type"] == "subscribed"
    update = await visitor.hear()
    assert (update["type"], [price["sequence"] for price in update["data"]]) == ("update", [2, 3])


def test_a_price_that_comes_while_the_missed_ones_are_read_takes_the_place_of_none(market: Stage) -> None:
    market.prices(NOON + SECOND, ["60001.50", "60002.50"])
    met: list[str] = []

    def meanwhile(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        met.append(sql)
        if len(met) == 2:  # the end of the chain has been read
            market.prices(NOON + 3 * SECOND, ["60003.50"])
        return execute(sql, *rest)

    with connection.execute_wrapper(meanwhile):
        missed = prices_after(market.instrument, 1)
    assert [price.sequence for price in missed or ()] == [2, 3]


async def test_a_price_that_no_socket_was_told_of_comes_with_the_next_one(
    market: Stage, visitor: Client, settings: Settings
) -> None:
    await visitor.subscribe(PRICES)

    def record() -> None:
        market.past([(NOON + SECOND, "60001.50")])  # by a feed that died before it told of it
        with without_redis(settings):
            market.price(NOON + 2 * SECOND, "60002.50")
        market.price(NOON + 3 * SECOND, "60003.50")

    await database_sync_to_async(record)()
    update = await visitor.hear()
    assert (update["seq"], [price["sequence"] for price in update["data"]]) == (4, [2, 3, 4])


@contextmanager
def without_redis(settings: Settings) -> Iterator[None]:
    url, settings.REDIS_URL = settings.REDIS_URL, "redis://127.0.0.1:1"
    try:
        for made in (publish._redis, publish._untold):
            made.cache_clear()
        yield
    finally:
        settings.REDIS_URL = url
        for made in (publish._redis, publish._untold):
            made.cache_clear()


async def test_prices_that_come_while_a_client_resumes_are_all_sent_and_none_twice() -> None:
    written: list[bytes] = []
    outbox = Outbox()
    resumed = Subscription(Channel.parse(PRICES), PRICES, outbox, seq=5)
    for number in (6, 7, 8):
        resumed.hear(price(number))
    resumed.go_on(5, [Snapshot(PRICES, 6, "[6]")])
    async with asyncio.timeout(PATIENCE_SECONDS):
        assert [json.loads(await outbox.take())["data"] for _ in range(3)] == [[6], [7], [8]]

    def write(frame: bytes) -> bool:
        written.append(frame)
        return True

    resumed.outbox = Outbox(write)
    told_again = [{"sequence": number} for number in (7, 8, 9, 10)]
    resumed.hear(Published(PRICES, PRICES, told_again, 10))
    assert written == [Published(PRICES, PRICES, told_again[2:], 10).wire]
