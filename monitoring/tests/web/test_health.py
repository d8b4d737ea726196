import socket
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.db import connections
from django.db.backends.postgresql.base import DatabaseWrapper
from django.test import Client

from accounts.tests.rest_client import Api
from accounts.tests.threads import at_once
from monitoring.selectors.health import IndexAge
from trading.domain.venues import MarketApart, VenueHealth
from trading.publish import keep_venue_report
from trading.tests.cast import SYMBOL, Stage, open_stage

pytestmark = pytest.mark.django_db(transaction=True)  # read over a connection of their own


@pytest.fixture(autouse=True)
def no_other_clocks() -> None:
    """Reports of programs that other tests ran."""
    cache.clear()


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
    options = {"pool": {"min_size": 1, "max_size": 4, "timeout": 0.2, "reconnect_timeout": 0.1}}
    with pytest.MonkeyPatch.context() as patch:
        for name, value in (("HOST", "127.0.0.1"), ("PORT", str(closed_port)), ("OPTIONS", options)):
            patch.setitem(connections.settings["default"], name, value)
        patch.setattr(DatabaseWrapper, "_connection_pools", pools)
        yield
    for pool in pools.values():
        pool.close()


def test_it_is_ready_when_everything_answers(stage: Stage) -> None:
    answer = Api().get("/api/health")
    body = answer.json()
    assert (answer.status, body["status"], body["faults"]) == (200, "ready", [])
    assert {item["name"]: item["healthy"] for item in body["dependencies"]} == {"postgresql": True, "redis": True}
    assert body["clock"]["right"]
    assert abs(body["clock"]["ahead_seconds"]) < 1
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_stale_index_is_told_but_the_site_stays_ready(stage: Stage) -> None:
    """The price is of noon, months ago."""
    answer = Api().get("/api/health/ready")
    (index,) = answer.json()["indexes"]
    assert (answer.status, index["instrument"], index["source"], index["fresh"]) == (200, SYMBOL, "simulated", False)


@pytest.mark.parametrize(("hours", "code"), [(-1, "clock-behind"), (1, "clock-ahead")])
def test_a_server_with_a_wrong_clock_says_so(stage: Stage, hours: int, code: str) -> None:
    with time_machine.travel(datetime.now(UTC) + timedelta(hours=hours), tick=True):
        answer = Api().get("/api/health/ready")
        metrics = Client().get("/metrics").content.decode()
    body = answer.json()
    assert (answer.status, body["status"], body["clock"]["right"]) == (503, "unavailable", False)
    assert round(body["clock"]["ahead_seconds"] / 3600) == hours
    host = socket.gethostname()
    assert body["faults"] == [{"code": code, "about": f"server@{host}"}]
    assert f'cryptotrader_fault{{about="server@{host}",code="{code}"}} 1.0' in metrics
    assert f'cryptotrader_clock_ahead_seconds{{host="{host}",program="server"}} {3600 * hours}'[:-3] in metrics


def test_a_price_of_the_future_is_no_fresh_price_but_a_fault(transactional_db: None) -> None:
    stage = open_stage()
    stage.price(datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=299), "60000.00")
    body = Api().get("/api/health/ready").json()
    assert [(index["fresh"], index["age_seconds"] < -200) for index in body["indexes"]] == [(False, True)]
    assert body["faults"] == [{"code": "price-ahead", "about": SYMBOL}]


@pytest.mark.parametrize(
    ("seconds", "fresh", "ahead"),
    [
        (None, False, False),
        (-299, False, True),
        (-1.001, False, True),
        (-1, True, False),
        (0, True, False),
        (2, True, False),
        (2.001, False, False),
    ],
)
def test_an_age_is_fresh_from_nothing_to_two_seconds(seconds: float | None, fresh: bool, ahead: bool) -> None:
    age = IndexAge(SYMBOL, "live", seconds)
    assert (age.fresh, age.ahead) == (fresh, ahead)


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


def test_it_names_the_markets_that_a_venue_does_not_quote(stage: Stage) -> None:
    now = datetime.now(UTC)
    lost, back = MarketApart("ETH-USDT", "ETH/USDT", "no such product"), MarketApart("ADA-USDT", "ADA/USDT", None)
    okx = VenueHealth(
        venue="okx",
        state="live",
        since=now,
        heard_at=now,
        clock_skew=None,
        connections=1,
        unreadable=0,
        repeated=0,
        mirror=None,
        error=None,
        missing=("XRP/USDT",),
        heard={},
        apart=(lost, back),
    )
    keep_venue_report(now, [okx])
    answer = Api().get("/api/health")
    assert (answer.status, answer.json()["faults"]) == (
        200,
        [{"code": "market-lost", "about": "okx XRP/USDT"}, {"code": "market-lost", "about": "okx ETH/USDT"}],
    )
    assert b"no such product" not in answer.content
