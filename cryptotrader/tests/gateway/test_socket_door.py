"""Orders, closes and quotes over the socket have the answers of REST, with the id of the message."""

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from decimal import Decimal
from typing import Any

import pytest
from asgiref.sync import async_to_sync, sync_to_async
from hypothesis import given
from hypothesis import strategies as st

from accounts.domain.access.scopes import Scope
from accounts.domain.json_text import read_json
from accounts.tests.json_values import JSON
from accounts.tests.keys import made_key
from accounts.tests.rest_client import tokens_of
from cryptotrader.tests.support.two_doors import ORDER, ORDERS, QUOTES, Doors, Reply, Request, bearer, order
from trading.models import FlashTrade
from trading.streams.hub import hub
from trading.streams.requests import HTTP, Requests, write_json
from trading.tests.cast import Trader
from trading.tests.sockets import Client

pytestmark = pytest.mark.django_db(transaction=True)
QUOTE = {"direction": "up", "duration": 60}
Pair = tuple[Trader, Trader]


@asynccontextmanager
async def socket_of(doors: Doors, token: str, **headers: str) -> AsyncIterator[Client]:
    client = Client(authorization=f"Bearer {token}", **headers)
    scope = client.socket.scope
    scope |= {"client": ("127.0.0.1", 1), "server": ("127.0.0.1", 80), "scheme": "ws"}
    scope["extensions"] = {HTTP: Requests(doors.gateway, scope)}
    assert await client.connect()
    try:
        yield client
    finally:
        await client.socket.disconnect()
        await hub().close()


def told(content: str) -> Any:
    """An answer without the ids that are another one's for each request."""
    return Reply(200, (), content.encode()).told["body"]


class OverSocket:
    """One person's messages over the socket, and the other's requests at DRF's door."""

    def __init__(self, doors: Doors, pair: Pair, token_of: Callable[[Trader], str]) -> None:
        self.doors = doors
        self.at_drf, self.at_socket = map(token_of, pair)

    def ask(self, op: str, body: object, *, path: str, trade: str | None = None, language: str = "en") -> Any:
        """Compares the answers; returns that of the socket."""
        named = {"trade": trade} if trade else {}
        answer = async_to_sync(self._ask)({"op": op, "id": "mine", "body": body, **named}, language)
        accepted = ("Accept-Language", language)
        reply = self.doors.by_django(order(body, bearer(self.at_drf), accepted, path=path))
        assert (answer["type"], answer["id"], answer["op"], answer["status"]) == ("answer", "mine", op, reply.status)
        assert answer["replayed"] is (reply.header("Idempotency-Replayed") == "true")
        assert str(answer["retry_after"]) == str(reply.header("Retry-After"))
        assert told(json.dumps(answer["body"])) == told(reply.content.decode())
        return answer

    async def _ask(self, message: dict[str, Any], language: str) -> Any:
        async with socket_of(self.doors, self.at_socket, accept_language=language) as client:
            await client.say(**message)
            return await client.hear()


@pytest.fixture
def over_socket(doors: Doors, pair: Pair) -> OverSocket:
    return OverSocket(doors, pair, lambda person: tokens_of(person).access)


def test_an_order_its_replay_and_another_under_its_key(over_socket: OverSocket) -> None:
    assert over_socket.ask("order", ORDER, path=ORDERS)["status"] == 201
    assert over_socket.ask("order", ORDER, path=ORDERS)["replayed"] is True
    other = over_socket.ask("order", ORDER | {"amount": 11}, path=ORDERS)
    assert other["body"]["code"] == "idempotency-key-reused"
    assert FlashTrade.objects.count() == 2  # one of each person


REFUSED = {
    "no key": {"amount": 10, "direction": "up", "duration": 60},
    "too small": ORDER | {"amount": "0.01"},
    "more than the wallet": ORDER | {"amount": 1_000_000},
    "no number": ORDER | {"amount": "NaN"},
    "an unknown member": ORDER | {"leverage": 10},
    "no such instrument": ORDER | {"instrument": "DOGE-USDT"},
    "a better rate": ORDER | {"min_payout_rate": 0.99},
    "too late": ORDER | {"valid_until": "2020-01-01T00:00:00Z"},
}


@pytest.mark.parametrize("body", REFUSED.values(), ids=REFUSED)
@pytest.mark.parametrize("language", ["en", "ko"])
def test_a_refused_order(over_socket: OverSocket, body: object, language: str) -> None:
    assert over_socket.ask("order", body, path=ORDERS, language=language)["status"] >= 400
    assert not FlashTrade.objects.exists()


@pytest.mark.parametrize("body", [QUOTE, QUOTE | {"duration": 61}, {}])
def test_a_quote(over_socket: OverSocket, body: object) -> None:
    over_socket.ask("quote", body, path=QUOTES)


def test_a_close_of_a_trade_that_is_not_open_and_of_none(over_socket: OverSocket, pair: Pair) -> None:
    mine = [str(person.place().pk) for person in reversed(pair)]
    for body in ({}, {"min_price": "x"}, {"min_price": 5, "valid_until": None}):
        replies = over_socket.doors.by_django(
            Request("POST", f"{ORDERS}/{mine[1]}/close", order(body, bearer(over_socket.at_drf)).headers,
                    json.dumps(body).encode())
        )  # fmt: skip
        message = {"op": "close", "id": 1, "trade": mine[0], "body": body}
        answer = async_to_sync(over_socket._ask)(message, "en")
        assert (answer["status"], told(json.dumps(answer["body"]))) == (replies.status, told(replies.content.decode()))
    nothing = "00000000-0000-4000-8000-000000000000"
    assert over_socket.ask("close", {}, path=f"{ORDERS}/{nothing}/close", trade=nothing)["status"] == 404


def test_a_key_trades_within_its_scopes(doors: Doors, pair: Pair) -> None:
    reading = OverSocket(doors, pair, lambda person: made_key(person, Scope.READ).secret)
    assert reading.ask("order", ORDER, path=ORDERS)["body"]["code"] == "scope-missing"
    trading = OverSocket(doors, pair, lambda person: made_key(person, Scope.READ, Scope.TRADE).secret)
    assert trading.ask("order", ORDER, path=ORDERS)["status"] == 201


async def test_a_flood_of_one_order_is_one_trade_and_each_message_has_its_answer(doors: Doors, pair: Pair) -> None:
    token = (await sync_to_async(tokens_of)(pair[0])).access
    async with socket_of(doors, token) as client:
        for number in range(50):
            await client.say(op="order", id=number, body=ORDER | {"client_order_id": f"order-{number % 5}"})
        answers = [await client.hear() for _ in range(50)]
    assert sorted(answer["id"] for answer in answers) == list(range(50))
    assert {answer["status"] for answer in answers} == {201}
    assert Counter(answer["replayed"] for answer in answers) == {False: 5, True: 45}
    assert len({answer["body"]["id"] for answer in answers}) == 5
    assert await FlashTrade.objects.acount() == 5


async def test_the_socket_goes_on_while_an_order_waits(doors: Doors, pair: Pair) -> None:
    released = asyncio.Event()

    async def slow(scope: Any, receive: Any, send: Any) -> None:
        await released.wait()
        await doors.gateway(scope, receive, send)

    token = (await sync_to_async(tokens_of)(pair[0])).access
    async with socket_of(doors, token) as client:
        client.socket.scope["extensions"][HTTP]._http = slow
        await client.say(op="order", id=1, body=ORDER)
        await client.say(op="ping", id=2)
        assert (await client.hear())["type"] == "pong"
        released.set()
        assert (await client.hear())["status"] == 201


async def test_a_visitor_and_a_browsers_session_send_none(doors: Doors) -> None:
    """A page's session is used under the protection of its forms; a socket has none."""
    client = Client()
    client.socket.scope["extensions"] = {HTTP: Requests(doors.gateway, client.socket.scope)}
    assert await client.connect()
    await client.say(op="quote", id=1, body=QUOTE)
    assert (await client.hear())["code"] == "not-authenticated"
    await client.say(op="close", id=2, trade="x", body={})
    assert (await client.hear())["code"] == "invalid-trade"
    await client.say(op="order", id=3, body=[])
    assert (await client.hear())["code"] == "invalid-body"
    await client.socket.disconnect()
    await hub().close()


@given(JSON)
def test_a_body_keeps_its_value(value: Any) -> None:
    text = json.dumps(value)
    assert read_json(write_json(read_json(text))) == read_json(text)


@given(st.from_regex(r"-?(0|[1-9][0-9]{0,30})\.[0-9]{1,30}([eE][+-]?[0-9]{1,3})?", fullmatch=True))
def test_a_fraction_keeps_its_digits(text: str) -> None:
    assert Decimal(write_json(read_json(text))).as_tuple() == Decimal(text).as_tuple()
