"""A client that comes back hears each private message once, or gets the state."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.conf import settings
from redis import Redis

from accounts.domain.errors import Refusal
from accounts.publish import kept, publish, topic_by_name
from accounts.publish.kept import KEPT_SECONDS, MESSAGES_MAX
from accounts.tests.cast import NOON
from accounts.tests.rest_client import tokens_of
from trading.domain.channels import Channel, Kind
from trading.services.settlement.settle_due_trades import settle_due_trades
from trading.streams.hub import hub
from trading.tests.cast import Stage, Trader, open_stage, trader
from trading.tests.sockets import Client

pytestmark = pytest.mark.django_db(transaction=True)
SECOND = timedelta(seconds=1)


@pytest.fixture
def alice(transactional_db: None) -> Trader:
    return trader("alice")


@pytest.fixture
def stage(alice: Trader) -> Stage:
    return open_stage()


@pytest.fixture(autouse=True)
async def _hub() -> AsyncIterator[None]:
    yield
    await hub().close()


@asynccontextmanager
async def socket_of(who: Trader) -> AsyncIterator[Client]:
    client = Client(authorization=f"Bearer {await sync_to_async(lambda: tokens_of(who).access)()}")
    assert await client.connect()
    yield client
    await client.socket.disconnect()


async def resumed(client: Client, channel: str, seq: int) -> None:
    await client.say(op="resume", id=2, channel=channel, seq=seq)
    assert await client.hear() == {"type": "subscribed", "id": 2, "channel": channel}


async def until_a_pong(client: Client) -> list[dict[str, Any]]:
    await client.say(op="ping", id=3)
    heard = []
    while (frame := await client.hear())["type"] != "pong":
        heard.append(frame)
    return heard


def say(who: Trader, *words: str) -> None:
    publish(Channel(Kind.TRADES).message([word], user_id=who.user.pk) for word in words)


async def test_it_hears_what_it_has_missed_each_once_and_goes_on(alice: Trader) -> None:
    async with socket_of(alice) as client:
        begun = (await client.subscribe("trades"))["seq"]
        await sync_to_async(say)(alice, "one")
        one = await client.hear()
        assert (one["type"], one["seq"], one["data"]) == ("update", begun + 1, ["one"])
    await sync_to_async(say)(alice, "two", "three")
    async with socket_of(alice) as client:
        await resumed(client, "trades", one["seq"])
        await sync_to_async(say)(alice, "four")
        heard = [await client.hear() for _ in range(3)]
        assert [(each["type"], each["seq"] - begun, *each["data"]) for each in heard] == [
            ("update", 2, "two"), ("update", 3, "three"), ("update", 4, "four")
        ]  # fmt: skip
        assert await until_a_pong(client) == []


async def test_it_hears_nothing_if_it_has_missed_nothing(alice: Trader) -> None:
    async with socket_of(alice) as client:
        begun = (await client.subscribe("wallet"))["seq"]
    async with socket_of(alice) as client:
        await resumed(client, "wallet", begun)
        assert await until_a_pong(client) == []


@pytest.mark.parametrize("loss", ["an unknown number", "too many", "all of Redis", "a message that Redis did not take"])
async def test_it_gets_the_state_if_the_log_does_not_tell_all(alice: Trader, loss: str) -> None:
    async with socket_of(alice) as client:
        begun = (await client.subscribe("trades"))["seq"]

    def lose() -> None:
        say(alice, "one")
        with Redis.from_url(settings.REDIS_URL) as redis:
            if loss == "too many":
                say(alice, *map(str, range(MESSAGES_MAX)))
            elif loss == "all of Redis":
                redis.delete(*redis.keys(f"{settings.DATABASES['default']['NAME']}/kept*"))
                say(alice, "two")
            elif loss == "a message that Redis did not take":
                pipeline = redis.pipeline()
                kept.forget(pipeline, [f"user.{alice.user.pk}"])
                pipeline.execute()

    await sync_to_async(lose)()
    async with socket_of(alice) as client:
        await resumed(client, "trades", begun + 1000 if loss == "an unknown number" else begun)
        (state,) = await until_a_pong(client)
        assert (state["type"], state["data"]) == ("snapshot", [])
        await sync_to_async(say)(alice, "next")
        assert (await client.hear())["seq"] == state["seq"] + 1


async def test_somebody_elses_number_is_of_no_use(alice: Trader) -> None:
    async with socket_of(alice) as client:
        begun = (await client.subscribe("trades"))["seq"]
    await sync_to_async(say)(alice, "hers")
    async with socket_of(await sync_to_async(trader)("bob")) as client:
        await resumed(client, "trades", begun)
        (state,) = await until_a_pong(client)
        assert (state["type"], state["data"]) == ("snapshot", [])


async def test_a_log_is_bounded_and_is_forgotten(alice: Trader) -> None:
    def look() -> tuple[int, int]:
        say(alice, *map(str, range(2 * MESSAGES_MAX)))
        with Redis.from_url(settings.REDIS_URL) as redis:
            names = {topic_by_name(key): key for key in redis.scan_iter()}
            name = names[f"kept/user.{alice.user.pk}/{Kind.TRADES}"]
            return int(redis.xlen(name)), int(redis.ttl(name))

    length, seconds = await sync_to_async(look)()
    assert length == MESSAGES_MAX
    assert 0 < seconds <= KEPT_SECONDS


async def test_orders_come_with_the_clients_own_id(alice: Trader, stage: Stage) -> None:
    async with socket_of(alice) as client:
        assert (await client.subscribe("orders"))["data"] == []
        trade = await sync_to_async(alice.place)()
        code = await sync_to_async(_refused)(alice)
        accepted, refused = await client.hear(), await client.hear()
        await sync_to_async(stage.price)(NOON + SECOND, "60000.00")
        await sync_to_async(settle_due_trades)(instrument="BTC-USDT", now=NOON + SECOND)
        opened = await client.hear()
        await sync_to_async(stage.price)(NOON + 61 * SECOND, "60000.01")
        await sync_to_async(settle_due_trades)(instrument="BTC-USDT", now=NOON + 61 * SECOND)
        settled = await client.hear()
    told = [each["data"][0] for each in (accepted, refused, opened, settled)]
    assert [each["event"] for each in told] == ["accepted", "refused", "opened", "settled"]
    assert [each["client_order_id"] == trade.idempotency_key for each in told] == [True, False, True, True]
    assert (told[1]["client_order_id"], told[1]["problem"]["code"]) == ("too much", code)
    assert told[3]["trade"]["outcome"] == "won"
    assert accepted["seq"] + 3 == refused["seq"] + 2 == opened["seq"] + 1 == settled["seq"]


def _refused(alice: Trader) -> str:
    with pytest.raises(Refusal) as refused:
        alice.place(stake="1000000", key="too much")
    return refused.value.code
