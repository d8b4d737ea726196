from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.cache import cache

from accounts.tests.cast import NOON
from accounts.tests.rest_client import Api
from trading.domain.candles import Interval
from trading.domain.prices import Source
from trading.models import Instrument
from trading.selectors.history import Span, candles_within, priced
from trading.tests.cast import Stage
from trading.wire import market as wire_market

PATH = "/api/v1/instruments/BTC-USDT/candles"
SECONDS = (1, 2, 3, 4, 5, 7, 61, 62, 190)


@pytest.fixture
def minutes(stage: Stage) -> Stage:
    """Some of the seconds after noon: none in the third minute, live ones in the second minute."""
    for second in SECONDS:
        source = Source.LIVE if 60 <= second < 120 else Source.SIMULATED
        stage.price(NOON + timedelta(seconds=second), f"{60000 + second % 5}.50", source=source)
    return stage


def opened(body: dict[str, Any]) -> list[str]:
    return [candle["opened_at"][11:19] for candle in body["results"]]


def test_it_shows_the_newest_candles_to_everybody_ascending(minutes: Stage) -> None:
    body = Api().get(f"{PATH}?interval=1m").json()
    assert body.keys() == {"instrument", "interval", "results", "next"}
    assert (body["instrument"], body["interval"], body["next"]) == ("BTC-USDT", "1m", None)
    first, live, _ = body["results"]
    assert first == {
        "opened_at": "2026-03-01T12:00:00Z", "open": "60000.00", "high": "60004.50", "low": "60000.00",
        "close": "60002.50", "count": 7, "simulated": True,
    }  # fmt: skip
    assert (live["count"], live["simulated"]) == (2, False)
    assert opened(body) == ["12:00:00", "12:01:00", "12:03:00"]


@pytest.mark.parametrize("interval", list(Interval))
def test_each_interval_is_there(minutes: Stage, interval: Interval) -> None:
    results = Api().get(f"{PATH}?interval={interval}").json()["results"]
    assert sum(candle["count"] for candle in results) == len(SECONDS) + 1
    assert {Decimal(results[0]["open"]), Decimal(results[-1]["close"])} == {Decimal(60000), Decimal("60000.50")}


@pytest.mark.parametrize("interval", list(Interval))
@pytest.mark.parametrize("pip", ["0.01", "0.0005", "0.00000001"])
def test_rest_writes_candles_as_streams_do(minutes: Stage, interval: Interval, pip: str) -> None:
    Instrument.objects.update(pip=Decimal(pip))
    instrument = priced("BTC-USDT").instrument
    streamed = wire_market.candles(candles_within(instrument, interval, Span(None, None, 300)), instrument.pip)
    assert Api().get(f"{PATH}?interval={interval}").json()["results"] == streamed


def test_a_candle_of_one_second_is_the_price(minutes: Stage) -> None:
    newest = Api().get(f"{PATH}?interval=1s&limit=1").json()["results"]
    assert newest == [
        {
            "opened_at": "2026-03-01T12:03:10Z", "open": "60000.50", "high": "60000.50", "low": "60000.50",
            "close": "60000.50", "count": 1, "simulated": True,
        }
    ]  # fmt: skip


def test_pages_hold_each_candle_once_in_both_directions(minutes: Stage) -> None:
    every = opened(Api().get(f"{PATH}?interval=5s").json())
    assert every == ["12:00:00", "12:00:05", "12:01:00", "12:03:10"]
    for query, backward in (("", True), ("&since=2026-03-01T12:00:00Z", False)):
        pages, url = [], f"{PATH}?interval=5s&limit=3{query}"
        while url:
            body = Api().get(url).json()
            pages.append(opened(body))
            url = body["next"]
        in_time = reversed(pages) if backward else pages
        assert [time for page in in_time for time in page] == every


def test_since_is_within_and_until_is_not(minutes: Stage) -> None:
    window = "since=2026-03-01T12:01:00Z&until=2026-03-01T12:03:00Z"
    assert opened(Api().get(f"{PATH}?interval=1m&{window}").json()) == ["12:01:00"]
    assert opened(Api().get(f"{PATH}?interval=1m&since=2026-03-01T12:00:01Z").json()) == ["12:01:00", "12:03:00"]


@pytest.mark.parametrize(
    ("query", "over"),
    [
        ("interval=1m", False),
        ("interval=1m&until=2026-03-01T12:03:00Z", True),
        ("interval=1m&until=2026-03-01T12:03:01Z", False),
        ("interval=5m&until=2026-03-01T12:03:00Z", False),
        ("interval=1m&since=2026-03-01T12:00:00Z", False),
        ("interval=1m&since=2026-03-01T12:00:00Z&limit=2", True),
        ("interval=1m&since=2026-03-01T12:00:00Z&limit=3", False),
        ("interval=1s&until=2026-03-01T12:03:11Z", True),
        ("interval=1s&until=2026-03-01T12:03:12Z", False),
        ("interval=1d&until=0001-01-01T00:00:00Z", True),
        ("interval=1d&until=9999-12-31T23:59:59Z", False),
    ],
)
def test_only_what_can_not_change_any_more_may_be_kept(minutes: Stage, query: str, over: bool) -> None:
    cache = Api().get(f"{PATH}?{query}").headers["Cache-Control"]
    assert cache == ("public, max-age=86400" if over else "public, max-age=1")


@pytest.mark.parametrize(
    "query",
    ["interval=", "interval=2m", "interval=1M", "interval=60", "interval=%00", "interval=１m", "limit=0", "limit=1001",
     "since=1", "until=2026-03-01", "cursor=x", "cursor=-5"],
)  # fmt: skip
def test_it_refuses_what_makes_no_sense(stage: Stage, query: str) -> None:
    field = query.split("=", maxsplit=1)[0]
    asked = query if field == "interval" else f"interval=1m&{query}"
    assert Api().get(f"{PATH}?{asked}").assert_problem(400, "invalid-input").fields.keys() == {field}


def test_an_interval_must_be_named(stage: Stage) -> None:
    assert Api().get(PATH).assert_problem(400, "invalid-input").fields.keys() == {"interval"}


@pytest.mark.parametrize("symbol", ["NO-SUCH", "btc-usdt", "%00", "'"])
def test_an_unknown_instrument_is_not_found(stage: Stage, symbol: str) -> None:
    Api().get(f"/api/v1/instruments/{symbol}/candles?interval=1m").assert_problem(404, "unknown-instrument")


@pytest.mark.parametrize("interval", ["1s", "1m"])
def test_it_takes_two_queries(minutes: Stage, interval: str, django_assert_num_queries: Callable[[int], Any]) -> None:
    cache.clear()
    with django_assert_num_queries(2):
        Api().get(f"{PATH}?interval={interval}")
