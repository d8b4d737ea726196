"""Which pages may open a socket: ours alone, because the browser sends our cookies along."""

import json

import pytest
from asgiref.sync import sync_to_async
from channels.testing import WebsocketCommunicator

from accounts.tests.rest_client import tokens_of
from trading.streams.routing import websocket
from trading.tests.cast import trader
from trading.tests.sockets import Client


async def test_it_refuses_a_page_of_another_site(transactional_db: None) -> None:
    assert not await Client(origin="https://evil.example").connect()
    own = Client(origin="http://testserver")
    assert await own.connect()
    await own.socket.disconnect()


@pytest.mark.parametrize(
    ("scheme", "origin", "is_own"),
    [
        ("wss", "https://testserver", True),
        ("wss", "http://testserver", False),  # a page without TLS, which anybody on the way may have written
        ("ws", "https://testserver", False),
        ("ws", "null", False),
        ("ws", "https://testserver.evil.example", False),
    ],
)
async def test_an_origin_is_a_scheme_too(transactional_db: None, scheme: str, origin: str, is_own: bool) -> None:
    page = Client(origin=origin)
    page.socket.scope["scheme"] = scheme
    assert await page.connect() is is_own
    await page.socket.disconnect()


async def test_a_credential_in_a_header_is_no_browsers(transactional_db: None) -> None:
    pair = await sync_to_async(tokens_of)(await sync_to_async(trader)("alice"))
    app = Client(origin="https://app.example", authorization=f"Bearer {pair.access}")
    assert await app.connect()
    await app.socket.disconnect()
    assert not await Client(origin="https://app.example").connect()


REFUSED: dict[str, tuple[str, list[tuple[str, str]], dict[str, str]]] = {
    "another scheme": ("", [("authorization", "Basic YTpi")], {"Authorization": "unknown-scheme"}),
    "a bearer twice": (
        "", [("authorization", "Bearer a"), ("authorization", "Bearer b")], {"Authorization": "duplicate-header"},
    ),
    "a bearer and a key that signs": (
        "", [("authorization", "Bearer a"), ("x-api-key", "b")], {"X-Api-Key": "second-credential"},
    ),
    "a signature twice": (
        "", [("x-api-key", "b"), ("x-signature", "c"), ("x-signature", "d")], {"X-Signature": "duplicate-header"},
    ),
    "a parameter": ("?token=a&channel=", [], {"token": "unknown-parameter", "channel": "unknown-parameter"}),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
async def test_a_handshake_says_nothing_that_has_no_effect(transactional_db: None, case: str) -> None:
    query, headers, fields = REFUSED[case]
    lines = [(b"host", b"testserver"), *((name.encode(), value.encode()) for name, value in headers)]
    socket = WebsocketCommunicator(websocket, f"/ws/v1{query}", headers=lines)
    socket.scope["extensions"] = {"websocket.http.response": {}}
    await socket.send_input({"type": "websocket.connect"})
    start, body = await socket.receive_output(), await socket.receive_output()
    told = json.loads(body["body"])
    assert (start["status"], dict(start["headers"])[b"content-type"]) == (400, b"application/problem+json")
    assert {error["field"]: error["code"] for error in told["errors"]} == fields
    bare = WebsocketCommunicator(websocket, f"/ws/v1{query}", headers=lines)  # as under daphne
    assert (await bare.connect())[0] is False
