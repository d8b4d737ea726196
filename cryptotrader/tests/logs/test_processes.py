"""A server and a worker as in production: what comes out of them is lines of ours, and an id follows a request."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from accounts.tests.cast import PASSWORD
from accounts.tests.patience import PATIENCE_SECONDS
from accounts.tests.rest_client import tokens_of
from cryptotrader.local.home import ROOT
from cryptotrader.local.ports import free_port
from cryptotrader.local.run import is_live
from cryptotrader.logs.fields import IDS
from cryptotrader.tests.money.test_worker_crash import own_environment, wait_until
from cryptotrader.tests.support.doors import order
from cryptotrader.tests.support.valkey import OwnValkey
from trading.tests.cast import open_stage, trader

pytestmark = [pytest.mark.process, pytest.mark.django_db(transaction=True)]

SERVER = (
    "-m uvicorn cryptotrader.asgi:application --host 127.0.0.1 --port {port} --log-level info --no-server-header"
    " --ws trading.streams.transport:BoundedSocket"
)
WORKER = "-m celery -A cryptotrader --quiet worker --queues celery --concurrency 1 --without-gossip --without-mingle"


class Program:
    """A process, and the lines on its stdout and stderr."""

    def __init__(self, process: "subprocess.Popen[bytes]", said: Path) -> None:
        self.process, self.said = process, said

    @property
    def lines(self) -> list[dict[str, Any]]:
        told = self.said.read_text().split("\n")[:-1]
        assert [line for line in told if not line.startswith("{")] == []
        return [json.loads(line) for line in told]

    def of(self, event: str, **facts: object) -> list[dict[str, Any]]:
        return [each for each in self.lines if each["event"] == event and facts.items() <= each.items()]

    def wait_for(self, event: str, **facts: object) -> dict[str, Any]:
        wait_until(lambda: bool(self.of(event, **facts)), f"{event} {facts} in {self.said.read_text()[-3000:]}")
        return self.of(event, **facts)[-1]


@contextmanager
def running(command: str, environ: dict[str, str], said: Path) -> Iterator[Program]:
    with said.open("wb") as output:
        arguments = [sys.executable, *command.split()]
        process = subprocess.Popen(arguments, cwd=ROOT, env=environ, stdout=output, stderr=subprocess.STDOUT)
    try:
        yield Program(process, said)
        process.send_signal(signal.SIGTERM)
        process.wait(PATIENCE_SECONDS)
    finally:
        process.kill()
        process.wait()


def production(tmp_path: Path, broker: OwnValkey) -> dict[str, str]:
    quiet = os.environ.get("PYTHONWARNINGS", "")
    return own_environment() | {
        "DJANGO_DEBUG": "0",
        "SITE_URL": "https://flash.example",
        "SECURE_SSL_REDIRECT": "0",
        "LOG_SLOW_MILLISECONDS": "600000",  # a busy machine is no trouble of ours
        "REDIS_URL": broker.url(),
        "EMAIL_PROVIDER": "file",
        "MAIL_DIR": str(tmp_path / "mail"),
        "PYTHONWARNINGS": ",".join(filter(None, [quiet, "ignore:You're running the worker with superuser"])),
    }


def is_up(port: int) -> Callable[[], bool]:
    return partial(is_live, port)


def test_one_id_from_the_door_to_the_task(tmp_path: Path, own_valkey: OwnValkey) -> None:
    open_stage()
    alice = trader("alice")
    token, port = tokens_of(alice).access, free_port()
    environ = production(tmp_path, own_valkey)
    with (
        running(SERVER.format(port=port), environ, tmp_path / "server") as server,
        running(WORKER, environ, tmp_path / "worker") as worker,
        httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=PATIENCE_SECONDS) as api,
    ):
        wait_until(is_up(port), "the server")
        register(api, worker, server)
        trade(api, server, token, alice.user.pk)
        misbehave(port, server)
    for program in (server, worker):
        for line in program.lines:
            assert line.keys() >= {"time", "level", "event", "program", *IDS}
            assert datetime.fromisoformat(line["time"])
            assert "exception" not in line, line
    assert {line["program"] for line in server.lines} == {"server"}
    assert {line["program"] for line in worker.lines} == {"worker"}
    told = server.said.read_text() + worker.said.read_text()
    assert not [word for word in (token, PASSWORD, "@example.com") if word in told]


def register(api: httpx.Client, worker: Program, server: Program) -> None:
    """The mail is the request's task."""
    request_id = str(uuid4())
    body = {"email": "dora@example.com", "password": PASSWORD}
    answer = api.post("/api/v1/auth/register", json=body, headers={"X-Request-ID": request_id})
    assert (answer.status_code, answer.headers["X-Request-ID"]) == (202, request_id), answer.text
    task = worker.wait_for("task", request_id=request_id)
    assert (task["task"], task["outcome"], task["level"]) == ("accounts.send_mail", "done", "INFO")
    assert task["task_id"]
    line = server.wait_for("request", request_id=request_id)
    assert (line["route"], line["status"]) == ("/api/v1/auth/register", 202)


def trade(api: httpx.Client, server: Program, token: str, user_id: int) -> None:
    """The order itself is refused: the market's price is old. Its line names the person and the reason."""
    headers = {"Authorization": f"Bearer {token}"}
    refused = api.post("/api/v1/flash-trades", json=order() | {"instrument": "BTC-USDT"}, headers=headers)
    line = server.wait_for("request", request_id=refused.headers["X-Request-ID"])
    assert (line["code"], line["user_id"], line["level"]) == ("stale-price", user_id, "INFO")


def misbehave(port: int, server: Program) -> None:
    """Bytes that are no request, and a frame that is no text, again and again."""
    for _ in range(3):
        with socket.create_connection(("127.0.0.1", port)) as stranger:
            stranger.sendall(b"\x16\x03\x01 geheim\r\n\r\n")
            stranger.recv(1024)
    for _ in range(3):
        with connect(f"ws://127.0.0.1:{port}/ws/v1", proxy=None, open_timeout=PATIENCE_SECONDS) as client:
            client.socket.sendall(bytes([0x81, 0x82, 0, 0, 0, 0, 0xFF, 0xFE]))
            with pytest.raises(ConnectionClosed) as closed:
                client.recv(PATIENCE_SECONDS)
            assert closed.value.rcvd is not None
            assert closed.value.rcvd.code == 1007
    deadline = time.monotonic() + PATIENCE_SECONDS
    while len(server.of("socket closed", close_code=1007)) < 3:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert len(server.of("Invalid HTTP request received.", level="INFO")) == 1
