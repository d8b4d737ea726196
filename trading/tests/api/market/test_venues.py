from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.cache import cache
from django.test import Client

from accounts.services.people.register_staff import register_staff
from accounts.tests.cast import NOON
from trading.domain.prices import Source, Tick
from trading.domain.reading import Reading
from trading.domain.venues import MarketApart, VenueHealth
from trading.publish import keep_venue_report
from trading.services.prices.record_index_prices import record_index_prices
from trading.tests.cast import SYMBOL, Stage

AT = NOON + timedelta(seconds=1)
OKX = VenueHealth(
    venue="okx",
    state="live",
    since=NOON,
    heard_at=AT,
    clock_skew=timedelta(milliseconds=-12),
    connections=2,
    unreadable=1,
    repeated=3,
    mirror="mirror.internal",
    error="silent for 3.1 s at wss://mirror.internal",
    missing=("XRP/USDT",),
    heard={SYMBOL: AT},
    apart=(MarketApart("ETH-USDT", "ETH/USDT", "no such product"), MarketApart("ADA-USDT", "ADA/USDT", None)),
)


@pytest.fixture(autouse=True)
def _nothing_told() -> None:
    cache.clear()


@pytest.fixture
def told(stage: Stage) -> None:
    ticks = [Tick(venue, Decimal(60_000), Decimal(60_000), None, AT) for venue in ("binance", "bitstamp", "kraken")]
    ticks.append(Tick("okx", Decimal(66_000), Decimal(66_000), None, AT))
    record_index_prices(at=AT, readings=[Reading(SYMBOL, Source.LIVE, tuple(ticks), 3)], now=AT)
    keep_venue_report(AT, [OKX])


def test_everybody_sees_how_the_venues_fare(told: None) -> None:
    response = Client().get("/api/v1/venues")

    assert response.headers["Cache-Control"] == "no-store"
    assert response.json() == {
        "at": "2026-03-01T12:00:01Z",
        "results": [
            {
                "venue": "okx",
                "state": "live",
                "since": "2026-03-01T12:00:00Z",
                "heard_at": "2026-03-01T12:00:01Z",
                "clock_skew_seconds": "-0.012",
                "connections": 2,
                "unreadable": 1,
                "repeated": 3,
                "mirror": "mirror.internal",
                "missing": ["XRP/USDT"],
                "apart": [
                    {"instrument": "ETH-USDT", "market": "ETH/USDT", "live": False},
                    {"instrument": "ADA-USDT", "market": "ADA/USDT", "live": True},
                ],
                "instruments": [{"instrument": SYMBOL, "heard_at": "2026-03-01T12:00:01Z", "out": "deviating"}],
            }
        ],
        "next": None,
    }


def test_without_a_live_feed_nothing_is_known(stage: Stage) -> None:
    assert Client().get("/api/v1/venues").json() == {"at": None, "results": [], "next": None}


@pytest.mark.django_db(transaction=True)
def test_metrics_tell_of_each_venue(told: None) -> None:
    lines = Client().get("/metrics").content.decode().splitlines()

    assert 'cryptotrader_venue_live{venue="okx"} 1.0' in lines
    assert 'cryptotrader_venue_clock_skew_seconds{venue="okx"} -0.012' in lines
    assert 'cryptotrader_venue_connections{venue="okx"} 2.0' in lines
    assert f'cryptotrader_venue_out{{instrument="{SYMBOL}",reason="deviating",venue="okx"}} 1.0' in lines


def test_staff_see_the_trouble_too(told: None, client: Client) -> None:
    client.force_login(register_staff(email="staff@example.com", password="flash-trade-demo", now=NOON))
    page = client.get("/admin/trading/indexprice/venues/").content.decode()

    assert "silent for 3.1 s at wss://mirror.internal" in page
    assert f"{SYMBOL}: deviating" in page
    assert "ETH/USDT, watched apart: no such product" in page
    assert "/admin/trading/indexprice/venues/" in client.get("/admin/trading/indexprice/").content.decode()


def test_others_are_sent_away(told: None, client: Client) -> None:
    assert client.get("/admin/trading/indexprice/venues/").status_code == 302
