from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from accounts.tests.cast import NOON
from accounts.tests.rest_client import Api
from trading.tests.cast import Stage

PATH = "/api/v1/instruments/BTC-USDT/prices"


@pytest.fixture
def minute(stage: Stage) -> Stage:
    """Ten more prices after noon, with a gap at the sixth second."""
    for second in (1, 2, 3, 4, 5, 7, 8, 9, 10):
        stage.price(NOON + timedelta(seconds=second), f"{60000 + second}.50")
    return stage


def seconds(body: dict[str, Any]) -> list[int]:
    return [int(price["priced_at"][17:19]) for price in body["results"]]


def test_it_shows_the_newest_prices_to_everybody_ascending(minute: Stage) -> None:
    body = Api().get(f"{PATH}?limit=3").json()
    assert seconds(body) == [8, 9, 10]
    newest = body["results"][-1]
    assert newest.keys() == {
        "instrument", "priced_at", "price", "sequence", "source", "simulated", "venues", "previous", "digest",
        "rule_version", "pip", "venues_min",
    }  # fmt: skip
    assert (newest["price"], newest["sequence"], newest["simulated"]) == ("60010.50", 10, True)
    assert newest["venues"] == [
        {"venue": "venue0", "bid": "60010.5", "ask": "60010.5", "venue_at": None, "received_at": newest["priced_at"]}
    ]


def test_since_is_within_and_until_is_not(minute: Stage) -> None:
    body = Api().get(f"{PATH}?since=2026-03-01T12:00:03Z&until=2026-03-01T12:00:08Z").json()
    assert seconds(body) == [3, 4, 5, 7]
    assert seconds(Api().get(f"{PATH}?until=2026-03-01T12:00:03Z&limit=2").json()) == [1, 2]
    assert seconds(Api().get(f"{PATH}?since=2026-03-01T21:00:09%2B09:00").json()) == [9, 10]


def test_pages_hold_each_price_once(minute: Stage) -> None:
    seen, url = [], f"{PATH}?since=2026-03-01T12:00:00Z&until=2026-03-01T12:00:10Z&limit=4"
    while url:
        body = Api().get(url).json()
        seen += seconds(body)
        url = body["next"]
    assert seen == [0, 1, 2, 3, 4, 5, 7, 8, 9]


def test_pages_go_back_from_the_newest_when_no_beginning_is_named(minute: Stage) -> None:
    pages, url = [], f"{PATH}?limit=4"
    while url:
        body = Api().get(url).json()
        pages.append(seconds(body))
        url = body["next"]
    assert pages == [[7, 8, 9, 10], [2, 3, 4, 5], [0, 1]]


@pytest.mark.parametrize(
    "query",
    ["cursor=1&since=2026-03-01T12:00:00Z", "cursor=1772366400&since=2026-03-01T12:00:00Z",
     "cursor=1772366400&until=2026-03-01T12:00:00Z", "cursor=", "cursor=-1", "cursor=1e3",
     "cursor=999999999999", "cursor=２",
     "since=yesterday", "since=2026-03-01", "since=2026-03-01T12:00:00", "since=1",
     "until=2026-03-01T00:00:00Z&since=2026-03-02T00:00:00Z",
     "until=%00", "limit=0",
     "limit=1001", "since=", "since=２026-03-01T12:00:00Z", "since=0001-01-01T00:00:00%2B23:59",
     "until=9999-12-31T23:59:59-23:59"],
)  # fmt: skip
def test_it_refuses_a_window_that_makes_no_sense(stage: Stage, query: str) -> None:
    field = query.split("=", maxsplit=1)[0]
    assert Api().get(f"{PATH}?{query}").assert_problem(400, "invalid-input").fields.keys() == {field}


@pytest.mark.parametrize("symbol", ["NO-SUCH", "btc-usdt", "%00", "BTC-USDT%00", "%F0%9F%92%A9", "x" * 500, "'"])
def test_an_unknown_instrument_is_not_found(stage: Stage, symbol: str) -> None:
    Api().get(f"/api/v1/instruments/{symbol}/prices").assert_problem(404, "unknown-instrument")


def test_the_ends_of_time_are_only_empty(stage: Stage) -> None:
    assert seconds(Api().get(f"{PATH}?since=9999-12-31T23:59:59Z").json()) == []
    assert seconds(Api().get(f"{PATH}?until=0001-01-01T00:00:00Z").json()) == []


def test_a_price_can_not_be_written(stage: Stage) -> None:
    Api().post(PATH, {"price": "1.00"}).assert_problem(405, "method-not-allowed")


def test_it_takes_two_queries(minute: Stage, django_assert_num_queries: Callable[[int], Any]) -> None:
    with django_assert_num_queries(2):
        Api().get(PATH)
