import ipaddress
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from accounts.tests.cast import NOON
from trading.tests.cast import Stage, Trader

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
