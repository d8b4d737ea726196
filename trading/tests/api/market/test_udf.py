"""The requests of TradingView's charting library, and the right answers."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine

from accounts.tests.cast import NOON
from accounts.tests.rest_client import Answer, Api
from trading.domain.terms import Status
from trading.models import Instrument
from trading.tests.cast import Stage

NOON_SECONDS = int(NOON.timestamp())
HISTORY = "/udf/history?symbol=BTC-USDT"


@pytest.fixture
def hour(stage: Stage) -> Stage:
    """A price in each of the minutes 0, 1, 2, 10 and 59."""
    for minute in (1, 2, 10, 59):
        stage.price(NOON + timedelta(minutes=minute), f"{60000 + minute}.50")
    return stage


def history(query: str) -> dict[str, Any]:
    answer = Api().get(f"{HISTORY}&{query}")
    assert answer.status == 200
    return dict(answer.json())


def minutes(body: dict[str, Any]) -> list[int]:
    return [(second - NOON_SECONDS) // 60 for second in body["t"]]


def assert_error(answer: Answer, status: int) -> None:
    assert (answer.status, answer.json()["s"], answer.headers["Cache-Control"]) == (status, "error", "no-store")
    assert answer.json()["errmsg"]


def test_the_configuration_names_every_resolution(db: None) -> None:
    answer = Api().get("/udf/config")
    assert answer.json()["supported_resolutions"] == ["1S", "5S", "1", "5", "15", "60", "1D"]
    assert {key for key, value in answer.json().items() if value is True} == {"supports_search", "supports_time"}
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


def test_the_time_is_a_bare_number(db: None) -> None:
    with time_machine.travel(NOON, tick=False):
        answer = Api().get("/udf/time")
    assert (answer.content, answer.headers["Content-Type"]) == (str(NOON_SECONDS).encode(), "text/plain")


@pytest.mark.parametrize(
    ("pip", "scale", "minmov"), [("0.01", 100, 1), ("0.0005", 10_000, 5), ("1", 1, 1), ("25", 1, 25)]
)
def test_a_symbol_says_how_prices_are_written(stage: Stage, pip: str, scale: int, minmov: int) -> None:
    Instrument.objects.update(pip=Decimal(pip))
    symbol = Api().get("/udf/symbols?symbol=BTC-USDT").json()
    assert (symbol["pricescale"], symbol["minmov"]) == (scale, minmov)
    assert (symbol["name"], symbol["ticker"], symbol["session"], symbol["timezone"]) == (
        "BTC-USDT", "BTC-USDT", "24x7", "Etc/UTC",
    )  # fmt: skip
    assert "simulated" in symbol["description"]
    assert Api().get("/udf/symbols?symbol=cryptotrader:BTC-USDT").json() == symbol


def test_search_finds_what_is_traded_by_a_part_of_its_name(stage: Stage) -> None:
    for symbol, status in (("ETH-USDT", Status.PAUSED), ("OLD-USDT", Status.RETIRED)):
        Instrument.objects.create(symbol=symbol, status=status, pip=Decimal("0.01"), durations=[60])

    def found(query: str) -> list[str]:
        return [each["symbol"] for each in Api().get(f"/udf/search?{query}").json()]

    assert found("query=usdt&type=&exchange=&limit=30") == ["BTC-USDT", "ETH-USDT"]
    assert (found("query=eth"), found("query=old"), found("query=%00")) == (["ETH-USDT"], [], [])
    assert (found("query=&limit=1"), found("query=&type=stock"), found("query=&exchange=X")) == (["BTC-USDT"], [], [])


def test_bars_from_the_first_moment_to_before_the_last(hour: Stage) -> None:
    body = history(f"resolution=1&from={NOON_SECONDS + 60}&to={NOON_SECONDS + 600}")
    assert (body["s"], minutes(body), body["o"], body["simulated"]) == ("ok", [1, 2], [60001.5, 60002.5], True)
    assert body["o"] == body["h"] == body["l"] == body["c"]


def test_countback_goes_before_from(hour: Stage) -> None:
    query = f"resolution=1&from={NOON_SECONDS + 3000}&to={NOON_SECONDS + 601}"
    assert minutes(history(f"{query}&countback=3")) == [1, 2, 10]
    assert minutes(history(f"{query}&countback=99999999")) == [0, 1, 2, 10]


def test_no_data_says_where_the_bar_before_is(hour: Stage) -> None:
    window = f"from={NOON_SECONDS + 1200}&to={NOON_SECONDS + 1800}"
    assert history(f"resolution=1&{window}") == {"s": "no_data", "nextTime": NOON_SECONDS + 600}
    assert history(f"resolution=1&from=0&to={NOON_SECONDS}") == {"s": "no_data"}
    assert history(f"resolution=1&from=0&to={NOON_SECONDS}&countback=5") == {"s": "no_data"}


@pytest.mark.parametrize(
    ("resolution", "bars"),
    [("1S", 5), ("S", 5), ("5S", 5), ("1", 5), ("5", 3), ("15", 2), ("60", 1), ("1D", 1), ("D", 1)],
)
def test_each_resolution_has_its_bars(hour: Stage, resolution: str, bars: int) -> None:
    body = history(f"resolution={resolution}&from=0&to={NOON_SECONDS + 3600}")
    assert (len(body["t"]), body["o"][0], body["c"][-1]) == (bars, 60000.0, 60059.5)


@pytest.mark.parametrize(
    "query",
    ["resolution=1&to=5", "resolution=1&from=1", "resolution=1&from=x&to=5", "resolution=1&from=6&to=5",
     "resolution=1&from=--1&to=5", "resolution=1&from=x&to=5&countback=2", "resolution=1&from=1&to=5&till=9",
     "resolution=1&from=1&to=5&to=6",
     "resolution=1&from=1e3&to=5", "resolution=1&from=0&to=999999999999", "resolution=1W&from=0&to=5", "from=0&to=5",
     "resolution=1&to=5&countback=0", "resolution=1&to=5&countback=-3", "resolution=%00&from=0&to=5"],
)  # fmt: skip
def test_it_refuses_what_it_can_not_read_in_the_protocols_way(stage: Stage, query: str) -> None:
    assert_error(Api().get(f"{HISTORY}&{query}"), 400)


def test_a_refusal_names_the_parameter(stage: Stage) -> None:
    for query, name in (
        ("from=6&to=5", "from"),
        ("from=1&to=5.5", "to"),
        ("from=1&to=5&till=9", "till"),
        ("to=5", "from"),
    ):
        assert name in Api().get(f"{HISTORY}&resolution=1&{query}").json()["errmsg"]


def test_before_1970_there_is_nothing(hour: Stage) -> None:
    after = NOON_SECONDS + 3600
    assert history(f"resolution=1&from=-86400&to={after}") == history(f"resolution=1&from=0&to={after}")
    assert history("resolution=1&from=-86400&to=-1") == {"s": "no_data"}


@pytest.mark.parametrize("symbol", ["NO-SUCH", "btc-usdt", "%00", "%F0%9F%92%A9"])
def test_an_unknown_symbol_is_an_error(stage: Stage, symbol: str) -> None:
    assert_error(Api().get(f"/udf/symbols?symbol={symbol}"), 404)
    assert_error(Api().get(f"/udf/history?symbol={symbol}&resolution=1&from=0&to=5"), 404)


def test_it_can_only_be_read(db: None) -> None:
    assert_error(Api().post("/udf/history", {}), 405)
    Api().get("/udf/quotes").assert_problem(404, "not-found")


@pytest.mark.parametrize("path", ["config", "symbols", "search", "history", "time"])
def test_whatever_it_refuses_has_the_protocols_form(stage: Stage, path: str) -> None:
    for method in ("POST", "PUT", "DELETE"):
        answer = Api().send(method, f"/udf/{path}")
        assert (answer.status, answer.json()["s"]) == (405, "error")
        assert "GET" in answer.headers["Allow"]


def test_a_symbol_that_nobody_named_is_required(stage: Stage) -> None:
    for query in ("symbols", "symbols?symbol=", "symbols?symbol=cryptotrader:", "history?resolution=1&from=0&to=9"):
        answer = Api().get(f"/udf/{query}")
        assert (answer.status, answer.json()) == (400, {"s": "error", "errmsg": "symbol is required"})
