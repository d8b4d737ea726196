"""A socket has a line when it opens and one when it closes, with its code and the id of its request."""

import asyncio
import json
from collections.abc import Iterator
from typing import Any

import pytest
from channels.db import database_sync_to_async
from channels.testing import WebsocketCommunicator

from accounts.tests.patience import PATIENCE_SECONDS
from accounts.tests.rest_client import tokens_of
from cryptotrader.logs.sockets import with_lines
from cryptotrader.tests.support.log_lines import Lines, production_lines
from trading.streams.hub import hub
from trading.streams.routing import websocket
from trading.tests.cast import trader

HOST = (b"host", b"testserver")
REQUEST = (b"x-request-id", b"0123456789abcdef")


@pytest.fixture
def lines() -> Iterator[Lines]:
    with production_lines() as captured:
        yield captured


def socket(*headers: tuple[bytes, bytes], path: str = "/ws/v1", app: Any = websocket) -> WebsocketCommunicator:
    made = WebsocketCommunicator(with_lines(app), path, headers=[HOST, *headers])
    made.scope["client"] = ("203.0.113.77", 1)
    return made


@pytest.mark.django_db(transaction=True)
async def test_it_opens_and_closes_with_its_person_and_its_code(lines: Lines) -> None:
    alice = await database_sync_to_async(lambda: trader("alice"))()
    token = await database_sync_to_async(lambda: tokens_of(alice).access)()
    client = socket((b"authorization", f"Bearer {token}".encode()), REQUEST)
    await client.send_input({"type": "websocket.connect"})
    accepted = await client.receive_output(timeout=PATIENCE_SECONDS)
    assert dict(accepted["headers"])[b"x-request-id"] == REQUEST[1]
    await client.send_to(bytes_data=b"\x00")
    await client.receive_output(timeout=PATIENCE_SECONDS)
    await client.disconnect(code=4409)
    opened, closed = lines.one("socket opened"), lines.one("socket closed")
    for line in (opened, closed):
        assert (line["request_id"], line["user_id"], line["route"]) == (REQUEST[1].decode(), alice.user.pk, "/ws/v1")
        assert line["network"] == "203.0.113.0/24"
    assert closed["close_code"] == 4409
    assert closed["milliseconds"] > 0
    assert token not in lines.text
    await hub().close()


@pytest.mark.django_db(transaction=True)
async def test_a_refused_one_is_one_line(lines: Lines) -> None:
    client = socket((b"authorization", b"Bearer ct_nobody_knows"), path="/ws/v1")
    connected, _ = await client.connect(timeout=PATIENCE_SECONDS)
    assert not connected
    await client.wait()
    (line,) = lines.all
    assert (line["event"], line["level"], line["status"]) == ("socket refused", "INFO", 403)


async def test_a_refusal_has_the_id_of_its_request(lines: Lines) -> None:
    client = socket(REQUEST, path="/ws/v1?token=a")
    client.scope["extensions"] = {"websocket.http.response": {}}
    await client.send_input({"type": "websocket.connect"})
    start = await client.receive_output(timeout=PATIENCE_SECONDS)
    body = await client.receive_output(timeout=PATIENCE_SECONDS)
    assert (start["status"], dict(start["headers"])[b"x-request-id"]) == (400, REQUEST[1])
    assert json.loads(body["body"])["request_id"] == REQUEST[1].decode()
    await client.wait()
    assert lines.one("socket refused")["request_id"] == REQUEST[1].decode()


async def test_a_fault_of_ours_is_one_line_with_its_traceback(lines: Lines) -> None:
    async def broken(scope: Any, receive: Any, send: Any) -> None:
        await asyncio.sleep(0)
        raise ZeroDivisionError("no")

    client = socket(app=broken)
    await client.send_input({"type": "websocket.connect"})
    with pytest.raises(ZeroDivisionError):
        await client.wait()
    failed, refused = lines.all
    assert (failed["event"], failed["level"], refused["event"]) == ("socket failed", "ERROR", "socket refused")
    assert "ZeroDivisionError" in failed["exception"]
