import json
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from channels.db import database_sync_to_async
from django.test import RequestFactory
from django.utils import timezone

from accounts.services.access.issue_tokens import issue_tokens
from accounts.tests.cast import NOON, PASSWORD, standing
from accounts.tests.patience import PATIENCE_SECONDS
from trading.domain.candles import Interval
from trading.domain.channels import Channel, Kind
from trading.domain.terms import Status
from trading.services.instruments.set_instrument_status import set_instrument_status
from trading.services.settlement.settle_due_trades import settle_due_trades
from trading.streams.hub import hub
from trading.streams.outbox import Outbox
from trading.streams.protocol import Published
from trading.streams.snapshots import Snapshot
from trading.streams.subscription import Subscription
from trading.tests.cast import Stage, Trader, open_stage, trader
from trading.tests.sockets import Client

pytestmark = pytest.mark.django_db(transaction=True)
SECOND = timedelta(seconds=1)


@pytest.fixture
async def visitor() -> AsyncIterator[Client]:
    client = Client()
    assert await client.connect()
    yield client
    await client.socket.disconnect()
    await hub().close()


@pytest.fixture
async def alices(alice_with_a_market: tuple[Trader, Stage]) -> AsyncIterator[Client]:
    client = Client(authorization=f"Bearer {await database_sync_to_async(_token)()}")
    assert await client.connect()
    yield client
    await client.socket.disconnect()
    await hub().close()


def _token() -> str:
    request = RequestFactory().post("/")
    return issue_tokens(email="alice@example.com", password=PASSWORD, request=request, now=timezone.now()).access


@pytest.fixture
def alice_with_a_market(transactional_db: None) -> tuple[Trader, Stage]:
    return trader("alice"), open_stage()


@pytest.fixture
def market(transactional_db: None) -> Stage:
    return open_stage()


async def test_it_sends_the_latest_prices_and_then_each_new_one(market: Stage, visitor: Client) -> None:
    snapshot = await visitor.subscribe("prices.BTC-USDT")
    assert (snapshot["type"], snapshot["seq"]) == ("snapshot", 1)
    assert [price["price"] for price in snapshot["data"]] == ["60000.00"]

    await database_sync_to_async(market.price)(NOON + SECOND, "60001.50")

    update = await visitor.hear()
    assert (update["type"], update["channel"], update["seq"]) == ("update", "prices.BTC-USDT", 2)
    assert update["data"][0]["price"] == "60001.50"


async def test_tickers_have_the_newest_price_of_every_instrument(market: Stage, visitor: Client) -> None:
    snapshot = await visitor.subscribe("tickers")
    assert [(each["instrument"], each["price"]) for each in snapshot["data"]] == [("BTC-USDT", "60000.00")]
    await database_sync_to_async(market.price)(NOON + SECOND, "60001.50")
    update = await visitor.hear()
    assert (update["type"], update["seq"]) == ("update", snapshot["seq"] + 1)
    (ticker,) = update["data"]
    assert ticker.keys() == {"instrument", "priced_at", "price", "source"}
    assert ticker["price"] == "60001.50"


@pytest.mark.parametrize(("interval", "counts"), [("1s", [1, 1]), ("1m", [3, 1]), ("1d", [4])])
async def test_it_sends_the_latest_candles_and_then_how_they_change(
    market: Stage, visitor: Client, interval: str, counts: list[int]
) -> None:
    await database_sync_to_async(market.price)(NOON + SECOND, "60001.50")
    channel = f"candles.BTC-USDT.{interval}"
    snapshot = await visitor.subscribe(channel)
    assert (snapshot["type"], snapshot["seq"], snapshot["data"][-1]["close"]) == ("snapshot", 2, "60001.50")

    for second, price in ((59, "60002.00"), (60, "59999.00")):
        await database_sync_to_async(market.price)(NOON + second * SECOND, price)
        update = await visitor.hear()

    assert (update["type"], update["channel"], update["seq"]) == ("update", channel, 4)
    assert [candle["count"] for candle in update["data"]] == counts
    assert (update["data"][-1]["close"], update["data"][-1]["low"]) == ("59999.00", "59999.00")


async def test_every_socket_is_sent_the_same_text(market: Stage, visitors: list[Client]) -> None:
    """The very same object: a price is encoded once for any number of watchers."""
    for client in visitors:
        await client.subscribe("prices.BTC-USDT")
    await database_sync_to_async(market.price)(NOON + SECOND, "60001.50")
    first, *others = [(await client.socket.receive_output(timeout=PATIENCE_SECONDS))["text"] for client in visitors]
    assert json.loads(first)["seq"] == 2
    assert all(other is first for other in others)


async def test_a_client_that_does_not_read_gets_only_the_newest_candles() -> None:
    outbox, channel = Outbox(), Channel(Kind.CANDLES, "BTC-USDT", Interval.MINUTE)
    subscription = Subscription(channel, channel.topic(), outbox)
    subscription.start(Snapshot(channel.name, 1, "[]"))
    for seq in (2, 3, 3, 1):
        subscription.hear(Published(channel.topic(), channel.name, [{"count": seq}], seq))
    frames = [json.loads(await outbox.take()) for _ in range(2)]
    assert [(frame["type"], frame["seq"]) for frame in frames] == [("snapshot", 1), ("update", 3)]


async def test_a_trader_sees_the_trade_and_the_wallet_move(
    alice_with_a_market: tuple[Trader, Stage], alices: Client
) -> None:
    alice, stage = alice_with_a_market
    assert (await alices.subscribe("trades"))["data"] == []
    assert (await alices.subscribe("wallet"))["data"][0]["available"] == "10000.00"

    await database_sync_to_async(alice.place)()
    trades, wallet = await alices.hear(), await alices.hear()
    assert (trades["channel"], trades["data"][0]["state"]) == ("trades", "pending")
    assert (wallet["channel"], wallet["data"][0]["held"]) == ("wallet", "100.00")

    await database_sync_to_async(stage.price)(NOON + SECOND, "60000.00")
    await database_sync_to_async(settle_due_trades)(instrument="BTC-USDT", now=NOON + SECOND)
    assert (await alices.hear())["data"][0]["entry_price"] == "60000.00"
    await alices.hear()

    await database_sync_to_async(stage.price)(NOON + 61 * SECOND, "60000.01")
    await database_sync_to_async(settle_due_trades)(instrument="BTC-USDT", now=NOON + 61 * SECOND)
    settled, paid = await alices.hear(), await alices.hear()
    assert (settled["data"][0]["outcome"], settled["data"][0]["profit"]) == ("won", "85.00")
    assert paid["data"][0]["balance"] == "10085.00"


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ({"op": "subscribe", "id": 1, "channel": "trades"}, "not-authenticated"),
        ({"op": "subscribe", "id": 1, "channel": "prices.NO-SUCH"}, "unknown-instrument"),
        ({"op": "subscribe", "id": 1, "channel": "candles.NO-SUCH.1m"}, "unknown-instrument"),
        ({"op": "subscribe", "id": 1, "channel": "candles.BTC-USDT.2m"}, "unknown-channel"),
        ({"op": "subscribe", "id": 1, "channel": "candles.BTC-USDT"}, "unknown-channel"),
        ({"op": "subscribe", "id": 1, "channel": "user.1"}, "unknown-channel"),
        ({"op": "buy", "id": 1}, "unknown-op"),
        ({"op": "resume", "id": 1, "channel": "prices.BTC-USDT", "seq": -1}, "invalid-seq"),
    ],
)
async def test_it_says_what_is_wrong_and_stays_open(
    market: Stage, visitor: Client, message: dict[str, Any], code: str
) -> None:
    await visitor.say(**message)
    answer = await visitor.hear()
    assert (answer["type"], answer["id"], answer["code"]) == ("error", 1, code)

    await visitor.say(op="ping", id="still there?")
    assert (await visitor.hear())["type"] == "pong"


async def test_it_refuses_a_forged_token(transactional_db: None) -> None:
    assert not await Client(authorization="Bearer forged").connect()


async def test_it_closes_on_a_message_that_is_too_long(market: Stage, visitor: Client) -> None:
    await visitor.socket.send_to(text_data="x" * 5000)
    closed = await visitor.socket.receive_output(timeout=PATIENCE_SECONDS)
    assert (closed["type"], closed["code"]) == ("websocket.close", 4409)


async def test_it_tells_everybody_what_may_be_done_on_instruments(market: Stage, visitor: Client) -> None:
    snapshot = await visitor.subscribe("instruments")
    fresh = {"symbol": "BTC-USDT", "status": "open", "status_reason": "", "status_reason_ko": "", "status_since": None}
    assert (snapshot["type"], snapshot["data"]) == ("snapshot", [fresh])

    messages = [
        (Status.CLOSE_ONLY, "a venue is down"),
        (Status.PAUSED, "all are"),
        (Status.OPEN, ""),
        (Status.RETIRED, "end"),
    ]
    for status, reason in messages:
        await database_sync_to_async(set_instrument_status)(
            symbols=["BTC-USDT"], status=status, reason=reason, clock=standing(NOON)
        )
        update = await visitor.hear()
        said = {"symbol": "BTC-USDT", "status": status, "status_reason": reason, "status_reason_ko": ""}
        said |= {"status_since": "2026-03-01T12:00:00Z"}
        assert (update["type"], update["channel"], update["data"]) == ("update", "instruments", [said])

    assert (await visitor.subscribe("instruments"))["data"] == []
