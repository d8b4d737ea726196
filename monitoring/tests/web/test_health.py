import socket
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connections
from django.db.backends.postgresql.base import DatabaseWrapper

from accounts.tests.cast import NOON
from accounts.tests.rest_client import Api
from accounts.tests.threads import at_once
from trading.tests.cast import Stage


@pytest.fixture
def closed_port() -> Iterator[int]:
    """Returns a local port that refuses connections: bound, but not listening."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield taken.getsockname()[1]


@pytest.fixture
def no_database(transactional_db: None, closed_port: int) -> Iterator[None]:
    """New threads find a database that doesn't answer."""
    pools: dict[str, Any] = {}
    options = {"pool": {"min_size": 1, "timeout": 0.2, "reconnect_timeout": 0.1}}
    with pytest.MonkeyPatch.context() as patch:
        for name, value in (("HOST", "127.0.0.1"), ("PORT", str(closed_port)), ("OPTIONS", options)):
            patch.setitem(connections.settings["default"], name, value)
        patch.setattr(DatabaseWrapper, "_connection_pools", pools)
        yield
    for pool in pools.values():
        pool.close()


def test_it_is_ready_when_everything_answers(stage: Stage) -> None:
    with time_machine.travel(NOON + timedelta(seconds=1), tick=False):
        answer = Api().get("/api/health")
    body = answer.json()
    assert (answer.status, body["status"], body["time"]) == (200, "ready", "2026-03-01T12:00:01Z")
    assert {item["name"]: item["healthy"] for item in body["dependencies"]} == {"postgresql": True, "redis": True}
    assert body["indexes"] == [
        {"instrument": "BTC-USDT", "source": "simulated", "age_seconds": 1.0, "fresh": True},
    ]
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_stale_index_is_told_but_the_site_stays_ready(stage: Stage) -> None:
    with time_machine.travel(NOON + timedelta(seconds=3), tick=False):
        answer = Api().get("/api/health/ready")
    assert (answer.status, answer.json()["indexes"][0]["fresh"]) == (200, False)


def test_it_names_redis_when_that_is_away(stage: Stage, closed_port: int, settings: Any) -> None:
    settings.REDIS_URL = f"redis://127.0.0.1:{closed_port}/0"
    answer = Api().get("/api/health")
    body = answer.json()
    assert (answer.status, body["status"]) == (503, "unavailable")
    away = [item for item in body["dependencies"] if not item["healthy"]]
    assert [(item["name"], item["error"]) for item in away] == [("redis", "ConnectionError")]
    assert len(body["indexes"]) == 1


def test_it_names_the_database_when_that_is_away(no_database: None) -> None:
    (answer,) = at_once([lambda: Api().get("/api/health")])
    assert not isinstance(answer, Exception)
    body = answer.json()
    assert (answer.status, body["status"], body["indexes"]) == (503, "unavailable", [])
    away = [item for item in body["dependencies"] if not item["healthy"]]
    assert [(item["name"], item["error"]) for item in away] == [("postgresql", "OperationalError")]


def test_an_order_hears_to_come_again_when_the_database_is_away(no_database: None) -> None:
    (answer,) = at_once([lambda: Api().get("/api/v1/instruments")])
    assert not isinstance(answer, Exception)
    assert answer.assert_problem(503, "unavailable").headers["Retry-After"] == "2"


def test_it_is_alive_without_its_dependencies(no_database: None) -> None:
    (answer,) = at_once([lambda: Api().get("/api/health/live")])
    assert not isinstance(answer, Exception)
    assert (answer.status, answer.json()["status"]) == (200, "live")


def test_it_says_no_secrets(stage: Stage, settings: Any, closed_port: int) -> None:
    settings.REDIS_URL = f"redis://:hunter2@127.0.0.1:{closed_port}/0"
    assert b"hunter2" not in Api().get("/api/health").content


def test_it_is_there_for_reading_only(db: None) -> None:
    assert Api().post("/api/health", {}).status == 405
