"""One address, one person and one socket get so much, and no more."""

from collections.abc import AsyncIterator

import pytest
from asgiref.sync import sync_to_async
from pytest_django import Settings

from accounts.tests.patience import PATIENCE_SECONDS
from accounts.tests.rest_client import tokens_of
from trading.streams.hub import hub
from trading.streams.limits import Allowance
from trading.tests.cast import open_stage, trader
from trading.tests.sockets import Client

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
async def opened() -> AsyncIterator[list[Client]]:
    clients: list[Client] = []
    yield clients
    for client in clients:
        await client.socket.disconnect()
    await hub().close()


async def comes_in(opened: list[Client], address: str = "192.0.2.1", **headers: str) -> bool:
    client = Client(**headers)
    client.socket.scope["client"] = (address, 50_000)
    if connected := await client.connect():
        opened.append(client)
    return connected


async def test_an_address_has_so_many_sockets_and_another_has_its_own(opened: list[Client], settings: Settings) -> None:
    settings.SOCKETS_PER_ADDRESS = 2
    assert [await comes_in(opened) for _ in range(3)] == [True, True, False]
    assert await comes_in(opened, "192.0.2.2")
    await opened.pop(0).socket.disconnect()
    assert [await comes_in(opened) for _ in range(2)] == [True, False]


async def test_a_network_of_ipv6_is_one_customer(opened: list[Client], settings: Settings) -> None:
    settings.SOCKETS_PER_ADDRESS = 1
    assert [await comes_in(opened, f"2001:db8::{n}") for n in (1, 2)] == [True, False]
    assert await comes_in(opened, "2001:db8:0:1::1")


async def test_a_person_has_so_many_sockets_from_everywhere(opened: list[Client], settings: Settings) -> None:
    settings.SOCKETS_PER_PERSON = 2
    alice, bob = [await sync_to_async(trader)(name) for name in ("alice", "bob")]
    hers = {"authorization": f"Bearer {(await sync_to_async(tokens_of)(alice)).access}"}
    his = {"authorization": f"Bearer {(await sync_to_async(tokens_of)(bob)).access}"}
    assert [await comes_in(opened, f"192.0.2.{n}", **hers) for n in range(3)] == [True, True, False]
    assert await comes_in(opened, **his)
    assert await comes_in(opened)


async def test_a_flood_of_sockets_is_told_its_status(settings: Settings) -> None:
    """By a server that can say one, such as uvicorn."""
    settings.SOCKETS_PER_ADDRESS = 0
    client = Client()
    client.socket.scope["extensions"] = {"websocket.http.response": {}}
    await client.socket.send_input({"type": "websocket.connect"})
    refusal = await client.socket.receive_output()
    assert (refusal["status"], (b"retry-after", b"60") in refusal["headers"]) == (429, True)


async def test_a_socket_that_asks_again_and_again_is_refused(
    opened: list[Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A few bytes in are a whole state out."""
    monkeypatch.setattr("trading.streams.consumers.STATES_AT_ONCE", 2)
    monkeypatch.setattr("trading.streams.consumers.STATE_SECONDS", PATIENCE_SECONDS)
    await sync_to_async(open_stage)()
    assert await comes_in(opened)
    (client,) = opened
    for _ in range(2):
        await client.subscribe("prices.BTC-USDT")
    await client.say(op="subscribe", id=9, channel="prices.BTC-USDT")
    error = await client.hear()
    assert (error["type"], error["id"], error["code"]) == ("error", 9, "too-many-requests")


def test_an_allowance_comes_back_with_time() -> None:
    now = 100.0
    allowance = Allowance(2, 10.0, clock=lambda: now)
    assert [allowance.use() for _ in range(3)] == [True, True, False]
    now += 10
    assert [allowance.use() for _ in range(2)] == [True, False]
    now += 1000
    assert [allowance.use() for _ in range(3)] == [True, True, False]
