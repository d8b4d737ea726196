"""After a hang of Redis the news that it swallowed is told, and nothing to a person who was signed out meanwhile."""

import os
import signal
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from pytest_django import Settings

from accounts import publish
from accounts.domain.access.scopes import AccessEnd
from accounts.domain.channels import user_topic
from accounts.steps.end_sessions import end_sessions
from accounts.tests.cast import NOON, standing
from accounts.tests.rest_client import tokens_of
from trading.domain.channels import Kind
from trading.domain.terms import Status
from trading.services.instruments.set_instrument_status import set_instrument_status
from trading.streams.hub import hub
from trading.tests.cast import SYMBOL, Trader, open_stage, trader
from trading.tests.ears import Server, until
from trading.tests.sockets import Client

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.process]


@pytest.fixture
def server(own_valkey: Server, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """All news of this test go through a server of its own, with the patience of production."""
    monkeypatch.setattr("trading.streams.hub.SILENT_SECONDS", 1.0)
    settings.REDIS_URL, settings.REDIS_SECONDS_MAX = own_valkey.url(), 0.25
    for made in (publish._redis, publish._untold):
        made.cache_clear()
    yield own_valkey
    for made in (publish._redis, publish._untold):
        made.cache_clear()


@pytest.fixture
async def signed_in(server: Server, transactional_db: None) -> AsyncIterator[dict[str, tuple[Trader, Client]]]:
    await until(server.answers, "the server's answer")
    await sync_to_async(open_stage)()
    people: dict[str, tuple[Trader, Client]] = {}
    for name in ("alice", "bob"):
        owner = await sync_to_async(trader)(name)
        client = Client(authorization=f"Bearer {(await sync_to_async(tokens_of)(owner)).access}")
        assert await client.connect()
        for channel in (Kind.TRADES, Kind.WALLET, Kind.INSTRUMENTS):
            await client.subscribe(channel)
        people[name] = owner, client
    yield people
    for _, client in people.values():
        await client.socket.disconnect()
    await hub().close()


@pytest.mark.parametrize("long", [False, True], ids=["shorter than a late beat", "longer"])
async def test_what_a_hang_swallows_is_told(
    server: Server, signed_in: dict[str, tuple[Trader, Client]], long: bool
) -> None:
    (alice, alices), (bob, bobs) = signed_in["alice"], signed_in["bob"]
    os.kill(server.child.pid, signal.SIGSTOP)
    try:
        await sync_to_async(end_sessions)(user_id=alice.user.pk, reason=AccessEnd.CREDENTIALS_CHANGED)
        await sync_to_async(bob.place)()
        await sync_to_async(set_instrument_status)(
            symbols=[SYMBOL], status=Status.PAUSED, reason="a hang", clock=standing(NOON)
        )
        if long:
            await until(lambda: hub().news_of(user_topic(bob.user.pk)) is None, "the doubt")
    finally:
        os.kill(server.child.pid, signal.SIGCONT)

    code, _ = await alices.closed()
    assert code == 4401
    told: dict[str, Any] = {}
    while told.keys() != {Kind.TRADES, Kind.WALLET, Kind.INSTRUMENTS}:
        frame = await bobs.hear()
        if frame["type"] in ("snapshot", "update") and frame["data"]:
            told[frame["channel"]] = frame["data"][0]
    assert told[Kind.TRADES]["state"] == "pending"
    assert told[Kind.WALLET]["held"] == "100.00"
    assert told[Kind.INSTRUMENTS]["status"] == "paused"
