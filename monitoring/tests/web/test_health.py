import socket
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client

from accounts.tests.rest_client import Api
from accounts.tests.threads import at_once
from monitoring.domain.health import Program
from monitoring.selectors.pulses import pulse_key
from monitoring.services.check_health import forget_health
from monitoring.services.note_heartbeat import note_heartbeat
from trading.domain.clocks import ClockReport
from trading.domain.venues import MarketApart, VenueHealth
from trading.publish import keep_clock_report, keep_venue_report
from trading.tests.cast import SYMBOL, Stage, open_stage

pytestmark = pytest.mark.django_db(transaction=True)  # read over a connection of their own


@pytest.fixture(autouse=True)
def everything_lives(settings: Any) -> None:
    """The settler, the worker and the beat were just heard of; nobody tells of other clocks, and no disk is full."""
    cache.clear()
    for program in Program:
        note_heartbeat(program=program)
    settings.HEALTH_DISK_FREE_MIN_PERCENT = 0


STALE = {"code": "index-stale", "about": SYMBOL}
"""The price of the stage is of noon, months ago."""


def test_it_is_ready_when_everything_answers(stage: Stage) -> None:
    answer = Api().get("/api/health")
    body = answer.json()
    assert (answer.status, body["status"], body["faults"]) == (200, "ready", [STALE])
    assert {item["name"] for item in body["dependencies"] if item["healthy"]} == {"postgresql", "redis", "broker"}
    assert {item["name"] for item in body["programs"] if item["alive"]} == {"settler", "worker", "beat"}
    assert body["migrations"] == {"missing": [], "unknown": []}
    assert body["clock"]["right"]
    assert abs(body["clock"]["ahead_seconds"]) < 1
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("path", ["/api/health", "/api/health/ready", "/health/ready"])
def test_probes_find_it_at_each_of_its_addresses(stage: Stage, path: str) -> None:
    assert Api().get(path).json()["status"] == "ready"
    assert Api().get(path.replace("ready", "live")).status == 200


def test_a_stale_index_is_told_but_the_site_stays_ready(stage: Stage) -> None:
    answer = Api().get("/api/health/ready")
    (index,) = answer.json()["indexes"]
    assert (answer.status, index["instrument"], index["source"], index["fresh"]) == (200, SYMBOL, "simulated", False)


@pytest.mark.parametrize(("hours", "code"), [(-1, "clock-behind"), (1, "clock-ahead")])
def test_a_server_with_a_wrong_clock_says_so(stage: Stage, hours: int, code: str) -> None:
    with time_machine.travel(datetime.now(UTC) + timedelta(hours=hours), tick=True):
        answer = Api().get("/api/health/ready")
        metrics = Client().get("/metrics").content.decode()
    body = answer.json()
    assert (answer.status, body["clock"]["right"]) == (200, False)
    assert round(body["clock"]["ahead_seconds"] / 3600) == hours
    host = socket.gethostname()
    assert {"code": code, "about": f"server@{host}"} in body["faults"]
    assert f'cryptotrader_fault{{about="server@{host}",code="{code}"}} 1.0' in metrics
    assert f'cryptotrader_clock_ahead_seconds{{host="{host}",program="server"}} {3600 * hours}'[:-3] in metrics


def test_a_server_with_a_wrong_clock_leaves_the_work_to_one_with_a_right_clock(stage: Stage) -> None:
    """Alone it stays: pages and prices still work, and the clock that is wrong may be the database's."""
    keep_clock_report(ClockReport("server", "another", timedelta(0), datetime.now(UTC)))
    with time_machine.travel(datetime.now(UTC) + timedelta(hours=1), tick=True):
        answer = Api().get("/api/health/ready")
    assert (answer.status, answer.json()["status"]) == (503, "unavailable")


def test_a_price_of_the_future_is_no_fresh_price_but_a_fault(transactional_db: None) -> None:
    stage = open_stage()
    stage.price(datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=299), "60000.00")
    body = Api().get("/api/health/ready").json()
    assert [(index["fresh"], index["age_seconds"] < -200) for index in body["indexes"]] == [(False, True)]
    assert body["faults"] == [{"code": "price-ahead", "about": SYMBOL}]


def test_it_names_redis_when_that_is_away_and_stays_ready(stage: Stage, closed_port: int, settings: Any) -> None:
    settings.REDIS_URL = f"redis://127.0.0.1:{closed_port}/0"
    answer = Api().get("/api/health")
    body = answer.json()
    assert (answer.status, body["status"]) == (200, "ready")
    away = [item for item in body["dependencies"] if not item["healthy"]]
    assert [(item["name"], item["error"]) for item in away] == [("redis", "ConnectionError")]
    assert body["faults"] == [{"code": "redis-down", "about": "redis"}, STALE]
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
        [STALE, {"code": "market-lost", "about": "okx XRP/USDT"}, {"code": "market-lost", "about": "okx ETH/USDT"}],
    )
    assert b"no such product" not in answer.content


def test_probes_of_the_same_second_share_one_answer(stage: Stage) -> None:
    """A locked table or a busy server must not see a query for each probe."""
    first = Api().get("/api/health").json()
    cache.clear()
    assert Api().get("/api/health").json()["programs"] == first["programs"]
    forget_health()
    assert not any(item["alive"] for item in Api().get("/api/health").json()["programs"])


def test_a_silent_settler_is_a_fault_but_takes_no_server_out(stage: Stage) -> None:
    cache.delete(pulse_key(Program.SETTLER))
    answer = Api().get("/api/health/ready")
    assert (answer.status, answer.json()["status"]) == (200, "ready")
    assert {"code": "settler-silent", "about": "settler"} in answer.json()["faults"]


def test_a_server_whose_database_was_not_upgraded_is_not_ready(stage: Stage) -> None:
    recorder = MigrationRecorder(connection)
    last = max(name for app, name in recorder.applied_migrations() if app == "trading")
    recorder.record_unapplied("trading", last)
    try:
        answer = Api().get("/api/health/ready")
    finally:
        recorder.record_applied("trading", last)
    assert answer.status == 503
    assert {"code": "migrations-missing", "about": f"trading.{last}"} in answer.json()["faults"]


def test_a_full_disk_is_told(stage: Stage, settings: Any) -> None:
    settings.HEALTH_DISK_FREE_MIN_PERCENT = 100
    answer = Api().get("/api/health/ready")
    (disk,) = answer.json()["disks"]
    assert (answer.status, disk["place"]) == (200, "data")
    assert 0 < disk["free_bytes"] < disk["size_bytes"]
    assert {"code": "disk-low", "about": "data"} in answer.json()["faults"]
