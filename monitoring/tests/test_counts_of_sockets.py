"""What sockets count: in their own room's code, read by this one."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from channels.db import database_sync_to_async

from accounts.tests.rest_client import tokens_of
from monitoring.tests.scraping import Scrape, growth, scrape
from trading.streams.hub import hub
from trading.streams.outbox import Outbox
from trading.streams.protocol import MESSAGE_LENGTH_MAX, Close, Published
from trading.tests.cast import Stage, Trader, open_stage, trader
from trading.tests.sockets import Client

pytestmark = pytest.mark.django_db(transaction=True)
OURS = ("sockets", "socket_", "hub_gaps")


@pytest.fixture
def alice_at_the_market(transactional_db: None) -> tuple[Trader, Stage]:
    return trader("alice"), open_stage()


@pytest.fixture
async def the_hub() -> AsyncIterator[None]:
    yield
    await hub().close()


async def changes(before: Scrape) -> tuple[Scrape, Scrape]:
    after = await database_sync_to_async(scrape)()
    return {name: value for name, value in growth(before, after).items() if name.startswith(OURS)}, after


async def test_a_socket_counts_from_its_start_to_its_end(
    alice_at_the_market: tuple[Trader, Stage], the_hub: None
) -> None:
    alice, _ = alice_at_the_market
    token = (await database_sync_to_async(tokens_of)(alice)).access
    visitor, person = Client(), Client(authorization=f"Bearer {token}")
    _, before = await changes({})
    assert await visitor.connect()
    assert await person.connect()
    await visitor.subscribe("instruments")
    await person.subscribe("trades")
    counted, before = await changes(before)
    assert counted == {"sockets anonymous": 1, "sockets person": 1, "socket_frames_total": 4}

    hub()._resync(None)
    assert (await visitor.hear())["type"] == "snapshot"
    assert (await person.hear())["type"] == "snapshot"
    counted, before = await changes(before)
    assert counted == {"hub_gaps_total": 1, "socket_frames_total": 2}

    await visitor.socket.send_to(text_data="x" * (MESSAGE_LENGTH_MAX + 1))
    assert (await visitor.closed())[0] == Close.MESSAGE_TOO_LONG
    await visitor.socket.disconnect(code=Close.MESSAGE_TOO_LONG)
    await person.socket.disconnect(code=4999)
    counted, before = await changes(before)
    assert counted == {
        "sockets anonymous": -1,
        "sockets person": -1,
        "socket_closes_total 4409": 1,
        "socket_closes_total other": 1,
    }


async def test_market_frames_that_nobody_took_count_as_conflated(transactional_db: None) -> None:
    before, outbox = await database_sync_to_async(scrape)(), Outbox()
    for number in range(5):
        outbox.put_newest(Published("prices.BTC-USDT", "prices.BTC-USDT", [], number))
    outbox.put_newest(Published("prices.ETH-USDT", "prices.ETH-USDT", [], 0))
    assert '"seq":4,' in await asyncio.wait_for(outbox.take(), 5)
    assert (await changes(before))[0] == {"socket_conflations_total": 4}
