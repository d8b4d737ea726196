"""After a sale, each door replays the order that sold the trade, and refuses every other one."""

from typing import Any

import pytest
import time_machine
from asgiref.sync import async_to_sync

from accounts.tests.rest_client import tokens_of
from cryptotrader.tests.gateway.test_socket_door import Pair, socket_of
from cryptotrader.tests.support.two_doors import ORDERS, Doors, bearer, order
from trading.models import CloseOrder, FlashTrade
from trading.tests.cast import Stage
from trading.tests.closing import ask, at, open_one

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def sold(pair: Pair, market: Stage, noon: time_machine.Traveller) -> FlashTrade:
    scene, trade = open_one(market, pair[0])
    ask(trade, now=at(41.5), min_price="1")
    scene.go_to(43)
    noon.move_to(at(44))
    return trade


@pytest.mark.parametrize("body", [{"min_price": "15"}, {}, {"valid_until": "2020-01-01T00:00:00Z"}])
def test_another_order_hears_at_each_door_that_the_trade_has_ended(
    doors: Doors, pair: Pair, sold: FlashTrade, body: dict[str, str]
) -> None:
    token = tokens_of(pair[0]).access
    path = f"{ORDERS}/{sold.pk}/close"
    for door in (doors.by_django, doors.by_gateway):
        reply = door(order(body, bearer(token), path=path))
        assert (reply.status, reply.json["code"], reply.header("Idempotency-Replayed")) == (409, "trade-ended", None)
    answer = _over_socket(doors, token, sold, body)
    assert (answer["status"], answer["body"]["code"], answer["replayed"]) == (409, "trade-ended", False)
    assert CloseOrder.objects.count() == 1


def test_the_same_order_is_replayed_at_each_door(doors: Doors, pair: Pair, sold: FlashTrade) -> None:
    """Also after its `valid_until`: its answer may have been lost."""
    token, body = tokens_of(pair[0]).access, {"min_price": "1.00", "valid_until": "2026-03-01T12:00:42Z"}
    for door in (doors.by_django, doors.by_gateway):
        reply = door(order(body, bearer(token), path=f"{ORDERS}/{sold.pk}/close"))
        assert (reply.status, reply.json["outcome"], reply.header("Idempotency-Replayed")) == (200, "sold", "true")
    answer = _over_socket(doors, token, sold, body)
    assert (answer["status"], answer["body"]["outcome"], answer["replayed"]) == (200, "sold", True)


def _over_socket(doors: Doors, token: str, trade: FlashTrade, body: dict[str, str]) -> dict[str, Any]:
    async def asked() -> dict[str, Any]:
        async with socket_of(doors, token) as client:
            await client.say(op="close", id=1, trade=str(trade.pk), body=body)
            heard: dict[str, Any] = await client.hear()
            return heard

    return async_to_sync(asked)()
