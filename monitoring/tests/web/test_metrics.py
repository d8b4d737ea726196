import ipaddress
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.db import connection, transaction
from django.test import Client
from redis import Redis

from accounts.tests.cast import NOON
from accounts.tests.threads import at_once
from monitoring.tests.scraping import scrape
from trading.tests.cast import SYMBOL, Stage, Trader

pytestmark = pytest.mark.django_db(transaction=True)  # read over a connection of their own


@pytest.mark.parametrize("path", ["/metrics", "/api/metrics"])
def test_it_shows_the_market_to_its_neighbours(stage: Stage, alice: Trader, path: str) -> None:
    alice.place(stake="33.33")
    with time_machine.travel(NOON + timedelta(seconds=120), tick=False):
        response = Client().get(path)
    lines = response.content.decode().splitlines()
    assert response.status_code == 200
    assert 'cryptotrader_index_age_seconds{instrument="BTC-USDT",source="simulated"} 120.0' in lines
    assert 'cryptotrader_trades_unsettled{book="demo",instrument="BTC-USDT"} 1.0' in lines
    assert 'cryptotrader_trades_unsettled{book="real",instrument="BTC-USDT"} 0.0' in lines
    assert 'cryptotrader_stakes_held{book="demo",instrument="BTC-USDT"} 33.33' in lines
    assert "cryptotrader_trades_overdue 1.0" in lines


@pytest.mark.parametrize(
    "address", ["10.0.0.1", "192.0.2.7", "2001:db8::1", "128.0.0.1", "", "unix:", "127.0.0.1, 10.0.0.1"]
)
def test_other_networks_find_nothing(db: None, address: str) -> None:
    assert Client(REMOTE_ADDR=address).get("/metrics").status_code == 404


@pytest.mark.parametrize("address", ["127.0.0.1", "127.8.8.8", "::1"])
def test_this_machine_is_a_neighbour(db: None, address: str) -> None:
    assert Client(REMOTE_ADDR=address).get("/metrics").status_code == 200


@pytest.mark.parametrize(
    "header", ["X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-IP", "Forwarded", "Via"]
)
def test_what_came_through_a_proxy_finds_nothing(db: None, header: str) -> None:
    assert Client().get("/metrics", headers={header: "for=127.0.0.1"}).status_code == 404


def test_the_operator_says_who_the_neighbours_are(db: None, settings: Any) -> None:
    settings.METRICS_NETWORKS = [ipaddress.ip_network("10.1.0.0/16")]
    assert Client(REMOTE_ADDR="10.1.2.3").get("/metrics").status_code == 200
    assert Client(REMOTE_ADDR="127.0.0.1").get("/metrics").status_code == 404


def test_it_is_there_for_reading_only(db: None) -> None:
    assert Client().post("/metrics").status_code == 405


def test_in_an_outage_of_the_database_it_still_tells_of_the_host(no_database: None) -> None:
    (found,) = at_once([scrape])
    assert isinstance(found, dict)
    assert found["cryptotrader_dependency_up postgresql"] == 0
    assert found["cryptotrader_dependency_up redis"] == 1
    assert "cryptotrader_queue_depth celery" in found
    assert found["cryptotrader_process_memory_bytes command"] > 1_000_000
    assert "cryptotrader_trades_overdue" not in found


def test_in_an_outage_of_redis_it_still_tells_of_the_market(stage: Stage, closed_port: int, settings: Any) -> None:
    settings.REDIS_URL = settings.REDIS_QUEUE_URL = f"redis://127.0.0.1:{closed_port}/0"
    found = scrape()
    assert found["cryptotrader_dependency_up postgresql"] == 1
    assert found["cryptotrader_dependency_up redis"] == found["cryptotrader_dependency_up broker"] == 0
    assert "cryptotrader_queue_depth celery" not in found
    assert found["cryptotrader_trades_overdue"] == 0


@pytest.mark.long
def test_a_table_that_is_locked_costs_its_own_metrics_alone(stage: Stage) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("LOCK flash_trades IN ACCESS EXCLUSIVE MODE")
        (found,) = at_once([scrape])
    assert isinstance(found, dict)
    assert found["cryptotrader_dependency_up postgresql"] == 1
    assert "cryptotrader_trades_overdue" not in found
    assert f"cryptotrader_index_age_seconds {SYMBOL} simulated" in found


def test_tasks_that_wait_are_counted(db: None, settings: Any) -> None:
    queue = f"metrics-{uuid4()}"  # others use the usual ones
    settings.TASK_QUEUES = (queue,)
    with Redis.from_url(settings.REDIS_QUEUE_URL) as broker:
        broker.lpush(queue, "one", "two")
        try:
            assert scrape()[f"cryptotrader_queue_depth {queue}"] == 2
        finally:
            broker.delete(queue)
