"""A server that is to end lets its sockets go; their clients go on at another one."""

from pathlib import Path

import pytest
from django.test import Client as Browser

from trading.streams.draining import DRAIN_FILE
from trading.streams.protocol import Close
from trading.tests.sockets import Client

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def order_to_drain(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("trading.streams.drain.LOOK_SECONDS", 0.02)
    monkeypatch.setenv(DRAIN_FILE, str(tmp_path / "draining"))
    return tmp_path / "draining"


async def test_it_closes_every_socket_and_says_to_come_back(order_to_drain: Path, visitors: list[Client]) -> None:
    order_to_drain.touch()
    told = [await client.closed() for client in visitors]
    assert told == [(int(Close.RESTART), "server restarting: come back within 1 s")] * len(visitors)


async def test_a_socket_that_comes_meanwhile_is_let_go_too(order_to_drain: Path, visitors: list[Client]) -> None:
    order_to_drain.touch()
    late = Client()
    assert await late.connect()
    assert (await late.closed())[0] == Close.RESTART
    for client in visitors:
        await client.closed()


def test_a_probe_hears_that_it_is_draining_and_a_request_is_answered(order_to_drain: Path, client: Browser) -> None:
    order_to_drain.touch()
    probe = client.get("/api/health/ready")
    assert (probe.status_code, probe.json()["status"]) == (503, "draining")
    assert client.get("/api/health/live").status_code == 200
    assert client.get("/api/v1/time").status_code == 200
    order_to_drain.unlink()
    assert client.get("/api/health/ready").json().get("status") != "draining"
