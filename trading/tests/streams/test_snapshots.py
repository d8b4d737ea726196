"""The states that sockets begin with: one read for many, and each person's own."""

import asyncio
import json
from datetime import timedelta

import pytest
from channels.db import database_sync_to_async

from accounts.tests.cast import NOON
from accounts.tests.patience import PATIENCE_SECONDS
from trading.domain.channels import Channel, Kind
from trading.streams.snapshots import snapshots
from trading.tests.cast import Stage, open_stage, trader
from trading.tests.sockets import Client

pytestmark = pytest.mark.django_db(transaction=True)
SECOND = timedelta(seconds=1)


@pytest.fixture
def market(transactional_db: None) -> Stage:
    return open_stage()


async def test_the_state_of_a_market_is_read_once_for_all_until_it_has_news(
    market: Stage, visitors: list[Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("trading.streams.snapshots.SHARED_SECONDS", PATIENCE_SECONDS)
    texts = [await _state(client) for client in visitors[:5]]
    assert all(text is texts[1] for text in texts[1:])
    await database_sync_to_async(market.price)(NOON + SECOND, "60001.50")
    for client in visitors[:5]:
        await client.hear()
    newer = [await _state(client) for client in visitors[5:]]
    assert all(text is newer[0] for text in newer)
    assert json.loads(newer[0])["data"][-1]["price"] == "60001.50"


async def _state(client: Client) -> str:
    """The text of the snapshot, as the socket was given it."""
    await client.say(op="subscribe", id=1, channel="prices.BTC-USDT")
    assert (await client.hear())["type"] == "subscribed"
    return str((await client.socket.receive_output(timeout=PATIENCE_SECONDS))["text"])


async def test_people_who_ask_together_get_their_own_trades(transactional_db: None) -> None:
    await database_sync_to_async(open_stage)()
    alice, bob = [await database_sync_to_async(trader)(name) for name in ("alice", "bob")]
    placed = {owner.user.pk: await database_sync_to_async(owner.place)() for owner in (alice, bob)}
    wanted = [(kind, id) for kind in (Kind.TRADES, Kind.WALLET, Kind.OFFERS) for id in placed]
    states = await asyncio.gather(*(snapshots().state_of(Channel(kind), id) for kind, id in wanted))
    told = {each: json.loads(state.data) for each, state in zip(wanted, states, strict=True)}
    for id, trade in placed.items():
        assert [shown["id"] for shown in told[Kind.TRADES, id]] == [str(trade.pk)]
        assert [shown["held"] for shown in told[Kind.WALLET, id]] == ["100.00"]
        assert told[Kind.OFFERS, id] == []
