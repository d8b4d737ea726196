"""daphne, for real: what an operator may choose instead of uvicorn, and what `manage.py runserver` is."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from django.core.management import get_commands, load_command_class
from django.db import connection
from django.utils import timezone
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from accounts.tests.keys import made_key, signed_headers
from accounts.tests.patience import PATIENCE_SECONDS
from accounts.tests.rest_client import tokens_of
from cryptotrader.local.home import ROOT
from cryptotrader.local.ports import free_port
from cryptotrader.tests.support.doors import order
from trading.streams.protocol import MESSAGE_LENGTH_MAX, Close
from trading.tests.cast import SYMBOL, Stage, open_stage, trader

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.process]

COMMANDS = {
    "daphne": "-m daphne --no-server-name --bind 127.0.0.1 --port {port} cryptotrader.asgi:application",
    "runserver": "manage.py runserver --noreload 127.0.0.1:{port}",
}


@dataclass
class Daphne:
    """A running server."""

    process: "subprocess.Popen[bytes]"
    port: int

    def __post_init__(self) -> None:
        self.http = httpx.Client(base_url=f"http://127.0.0.1:{self.port}", timeout=PATIENCE_SECONDS)

    def connect(self, path: str = "/ws/v1", **headers: str) -> ClientConnection:
        address = f"ws://127.0.0.1:{self.port}{path}"
        return connect(address, additional_headers=headers, open_timeout=PATIENCE_SECONDS, proxy=None)


@pytest.fixture(scope="module", params=list(COMMANDS))
def daphne(request: pytest.FixtureRequest, django_db_setup: None) -> Iterator[Daphne]:
    """On the database of the tests."""
    port = free_port()
    url = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{connection.settings_dict['NAME']}").geturl()
    command = [sys.executable, *COMMANDS[request.param].format(port=port).split()]
    process = subprocess.Popen(command, cwd=ROOT, env=os.environ | {"DATABASE_URL": url})
    try:
        running = Daphne(process, port)
        with closing(running.http):
            deadline = time.monotonic() + PATIENCE_SECONDS
            while not _listens(port):
                assert process.poll() is None
                assert time.monotonic() < deadline
                time.sleep(0.1)
            yield running
        process.terminate()
        assert process.wait(PATIENCE_SECONDS) == 0
    finally:
        process.kill()
        process.wait()


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def subscribe(client: ClientConnection, channel: str) -> list[dict[str, Any]]:
    """Subscribe; the data of the snapshot."""
    client.send(json.dumps({"op": "subscribe", "id": 7, "channel": channel}))
    return next(hear(client, "snapshot", channel))


def hear(client: ClientConnection, kind: str, channel: str) -> Iterator[list[dict[str, Any]]]:
    """The data of each such frame, as long as it doesn't take too long."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        frame = json.loads(client.recv(timeout=deadline - time.monotonic()))
        if (frame["type"], frame.get("channel")) == (kind, channel):
            yield list(frame["data"])


def close_code(client: ClientConnection) -> int | None:
    """The code with which the server closes."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    with suppress(ConnectionClosed):
        while True:
            client.recv(timeout=deadline - time.monotonic())
    return client.protocol.close_code


def place_order(daphne: Daphne, stage: Stage, bearer: str) -> str:
    """The id of a trade. On a busy machine it may take more than one order to come while its price is fresh."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        stage.price(timezone.now().replace(microsecond=0), "61234.56")
        wish = order() | {"instrument": SYMBOL}
        answer = daphne.http.post("/api/v1/flash-trades", json=wish, headers={"Authorization": bearer})
        if answer.status_code == 201:
            return str(answer.json()["id"])
        assert answer.json()["code"] == "stale-price"
        assert time.monotonic() < deadline
        time.sleep(1)


def test_it_serves_a_page(daphne: Daphne) -> None:
    open_stage()
    page = daphne.http.get("/")
    assert (page.status_code, SYMBOL in page.text) == (200, True)


def test_it_takes_an_order_and_tells_of_it_and_of_prices(daphne: Daphne) -> None:
    stage, bearer = open_stage(), f"Bearer {tokens_of(trader('alice')).access}"
    with daphne.connect(Authorization=bearer) as client:
        assert subscribe(client, "trades") == []
        assert [price["price"] for price in subscribe(client, f"prices.{SYMBOL}")] == ["60000.00"]
        placed = place_order(daphne, stage, bearer)
        # Other tests, which run beside this one, have news too.
        assert any(placed in (trade["id"] for trade in told) for told in hear(client, "update", "trades"))
        stage.price(timezone.now().replace(microsecond=0) + timedelta(seconds=1), "61234.57")
        news = hear(client, "update", f"prices.{SYMBOL}")
        assert any("61234.57" in (price["price"] for price in told) for told in news)


@pytest.mark.parametrize("query", ["", "?client_order_id=a%2Bb%2Fc&limit=1"])
def test_it_hands_on_what_a_program_has_signed(daphne: Daphne, query: str) -> None:
    made = made_key(trader("alice"), signs=True)
    trades, stream = f"/api/v1/flash-trades{query}", "/ws/v1"  # which takes no query
    assert daphne.http.get(trades, headers=signed_headers(made, "GET", trades)).status_code == 200
    with daphne.connect(stream, **signed_headers(made, "GET", stream)) as client:
        assert [wallet["balance"] for wallet in subscribe(client, "wallet")] == ["10000.00"]


@pytest.mark.parametrize(("name", "value"), [("Authorization", "Bearer no"), ("Origin", "https://elsewhere.example")])
def test_it_refuses_a_socket_with_a_status(daphne: Daphne, name: str, value: str) -> None:
    with pytest.raises(InvalidStatus) as refused:
        daphne.connect(**{name: value})
    assert refused.value.response.status_code == 403


def test_it_closes_a_socket_with_our_codes(daphne: Daphne) -> None:
    with daphne.connect("/elsewhere") as client:
        assert close_code(client) == Close.UNKNOWN_PATH
    with daphne.connect() as client:
        client.send("x" * (MESSAGE_LENGTH_MAX + 1))
        assert close_code(client) == Close.MESSAGE_TOO_LONG


def test_a_header_of_a_client_moves_no_link(daphne: Daphne) -> None:
    """daphne would let it: see `cryptotrader.asgi`."""
    open_stage()
    page = daphne.http.get("/", headers={"Daphne-Root-Path": "https://elsewhere.example"})
    assert (page.status_code, 'href="/accounts/login/' in page.text, "elsewhere" in page.text) == (200, True, False)


def test_runserver_is_daphnes() -> None:
    command = load_command_class(get_commands()["runserver"], "runserver")
    assert type(command).__module__ == "daphne.management.commands.runserver"
