"""The private channel of offers: computed for listeners only, and published to their owners only."""

from collections.abc import AsyncIterator

import pytest
import time_machine
from channels.db import database_sync_to_async
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.publish import listeners_of
from accounts.tests.rest_client import tokens_of
from trading.domain.channels import Kind
from trading.models import FlashTrade
from trading.services.orders.publish_offers import publish_offers
from trading.streams.hub import hub
from trading.tests.cast import SYMBOL, Trader, open_stage, trader
from trading.tests.closing import Scene, at, open_one
from trading.tests.sockets import Client

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def opened(transactional_db: None) -> tuple[Scene, FlashTrade, Trader]:
    alice, stage = trader("alice"), open_stage()
    scene, trade = open_one(stage, alice)
    return scene, trade, alice


@pytest.fixture
async def alices(opened: tuple[Scene, FlashTrade, Trader]) -> AsyncIterator[Client]:
    token = await database_sync_to_async(tokens_of)(opened[2])
    client = Client(authorization=f"Bearer {token.access}")
    assert await client.connect()
    yield client
    await client.socket.disconnect()
    await hub().close()


async def test_an_open_trade_has_an_offer_each_second(opened: tuple[Scene, FlashTrade, Trader], alices: Client) -> None:
    scene, trade, alice = opened
    with time_machine.travel(at(41.5), tick=False):
        snapshot = await alices.subscribe(Kind.OFFERS)
    (first,) = snapshot["data"]
    assert (snapshot["type"], first["trade"], first["priced_at"]) == ("snapshot", str(trade.pk), "2026-03-01T12:00:41Z")
    assert float(first["offer"]) > 80

    assert await database_sync_to_async(listeners_of)(Kind.OFFERS) == {alice.user.pk}
    await database_sync_to_async(scene.go_to)(42, "60030.00")
    assert await database_sync_to_async(publish_offers)(instrument=SYMBOL, now=at(42)) == 1
    update = await alices.hear()
    (second,) = update["data"]
    assert (update["type"], update["channel"], update["seq"]) == ("update", Kind.OFFERS, 2)
    assert (second["price"], second["reason"]) == ("60030.00", None)


async def test_who_leaves_costs_nothing_more(opened: tuple[Scene, FlashTrade, Trader], alices: Client) -> None:
    await alices.subscribe(Kind.OFFERS)
    await alices.say(op="unsubscribe", channel=Kind.OFFERS)
    await alices.hear()
    assert await database_sync_to_async(listeners_of)(Kind.OFFERS) == set()


async def test_visitors_have_none(transactional_db: None) -> None:
    client = Client()
    assert await client.connect()
    await client.say(op="subscribe", id=1, channel=Kind.OFFERS)
    assert (await client.hear())["code"] == "not-authenticated"
    await client.socket.disconnect()
    await hub().close()


def test_without_listeners_nothing_is_asked_of_the_database(opened: tuple[Scene, FlashTrade, Trader]) -> None:
    with CaptureQueriesContext(connection) as queries:
        assert publish_offers(instrument=SYMBOL, now=at(42)) == 0
    assert len(queries) == 0


def test_many_trades_cost_no_more_queries(
    opened: tuple[Scene, FlashTrade, Trader], monkeypatch: pytest.MonkeyPatch
) -> None:
    scene, _, alice = opened
    monkeypatch.setattr("trading.services.orders.publish_offers.listeners_of", lambda _channel: {alice.user.pk})
    counts = []
    for second in (45, 50):
        for _ in range(5):
            alice.place(at=at(scene.second))
        scene.go_to(second)
        with CaptureQueriesContext(connection) as queries:
            publish_offers(instrument=SYMBOL, now=at(second))
        counts.append(len(queries))
    assert counts == [3, 3]
