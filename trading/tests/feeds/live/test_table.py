from pathlib import Path
from typing import Any

import pytest

from trading.feeds.live.table import DEFAULT, VENUES, BadVenueTable, parse_venue_table, read_venue_table

PURE = {"BTC-USDT": {"binance": "BTC/USDT", "okx": "BTC/USDT"}}
DOLLARS = {"market": "BTC/USD", "conversion": "USDT-USD"}
RATE = {"USDT-USD": {"kraken": "USDT/USD"}}


def refusal(content: dict[str, Any]) -> str:
    with pytest.raises(BadVenueTable) as caught:
        parse_venue_table(content)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_the_shipped_table_has_five_venues_for_each_market_and_three_for_the_conversion() -> None:
    table = read_venue_table(DEFAULT)

    assert {symbol: table.venues_of(symbol) for symbol in table.instruments} == {
        "BTC-USDT": 5, "ETH-USDT": 5, "XRP-USDT": 5, "USDT-USD": 3,
    }  # fmt: skip
    assert tuple(table.by_venue()) == VENUES
    assert {line.conversion for line in table.lines if line.market.endswith("/USD")} == {"USDT-USD", None}


def test_an_instrument_brings_what_converts_it() -> None:
    table = read_venue_table(DEFAULT).of_instruments(frozenset({"ETH-USDT"}))
    assert table.instruments == {"ETH-USDT", "USDT-USD"}


def test_dollars_are_not_mixed_in_without_saying_how() -> None:
    told = refusal({"instruments": PURE | {"BTC-USDT": {"okx": "BTC/USDT", "kraken": "BTC/USD"}}})
    assert told == "BTC-USDT, kraken: BTC/USD is in USD, not USDT: name its conversion"


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ({"market": "BTC/USD", "conversion": "USD-USDT"}, "doesn't convert BTC/USD into USDT"),
        ({"market": "BTC/USDT", "conversion": "USDT-USD"}, "doesn't convert BTC/USDT into USDT"),
        ({"market": "BTC/EUR", "conversion": "USDT-EUR"}, "USDT-EUR has no venues of its own"),
        ({"market": "ETH/USDT"}, "ETH/USDT isn't a market of BTC"),
        ({"market": "BTC-USDT"}, "BTC-USDT isn't a market of BTC"),
        ({"market": "BTC/USDT", "weight": 2}, '"BASE/QUOTE" or'),
        ({"market": 5}, '"BASE/QUOTE" or'),
        (["BTC/USDT"], '"BASE/QUOTE" or'),
        ({"market": "BTC/USD", "conversion": 5}, '"BASE/QUOTE" or'),
    ],
)
def test_what_a_line_cannot_mean_is_refused(line: object, reason: str) -> None:
    assert reason in refusal({"instruments": RATE | {"BTC-USDT": {"kraken": line}}})


def test_a_conversion_is_not_itself_converted() -> None:
    chained = {"USDT-USD": {"kraken": {"market": "USDT/EUR", "conversion": "USD-EUR"}}, "USD-EUR": {"okx": "USD/EUR"}}
    assert "USDT-USD has no venues of its own" in refusal({"instruments": {"BTC-USDT": {"okx": DOLLARS}} | chained})


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ({}, "no instrument has a venue"),
        ({"instruments": []}, "instruments is a table of tables"),
        ({"instruments": {"BTC-USDT": "binance"}}, "instruments is a table of tables"),
        ({"instruments": {"BTC-USDT": {"mtgox": "BTC/USDT"}}}, "no venue is called 'mtgox'"),
        ({"instruments": PURE, "limits": {}}, "the file: 'limits' means nothing here"),
        ({"instruments": PURE, "venues": {"mtgox": {}}}, "no venue is called 'mtgox'"),
        ({"instruments": PURE, "venues": {"okx": {"silent": 3}}}, "venues.okx: 'silent' means nothing here"),
        ({"instruments": PURE, "venues": {"okx": {"silent_seconds": 0}}}, "a number from 1 to 60"),
        ({"instruments": PURE, "venues": {"okx": {"silent_seconds": float("nan")}}}, "a number from 1 to 60"),
        ({"instruments": PURE, "venues": {"okx": {"silent_seconds": True}}}, "a number from 1 to 60"),
        ({"instruments": PURE, "venues": {"okx": {"rest": 5}}}, "an address is a text"),
        ({"instruments": PURE, "venues": {"okx": {"rest": "mirror.example"}}}, "an address is like https://host/path"),
        ({"instruments": PURE, "venues": {"okx": {"websocket": "wss:///ws"}}}, "an address is like https://host/path"),
        ({"instruments": PURE, "venues": {"okx": {"rest": ""}}}, "an address is like https://host/path"),
        ({"instruments": PURE, "venues": {"okx": {"rest": "https://["}}}, "venues.okx: Invalid IPv6"),
    ],
)
def test_a_file_that_makes_no_sense_is_refused(content: dict[str, Any], reason: str) -> None:
    assert reason in refusal(content)


@pytest.mark.parametrize(
    ("written", "mirror"),
    [
        ({}, None),
        ({"silent_seconds": 5}, None),
        ({"websocket": "wss://user:secret@mirror.example:9443/ws"}, "mirror.example:9443"),
        ({"rest": "https://api.mirror.example/v3"}, "api.mirror.example"),
        ({"rest": "https://api.mirror.example", "websocket": "wss://ws.mirror.example"}, "ws.mirror.example"),
    ],
)
def test_a_mirror_is_named_by_its_host_alone(written: dict[str, Any], mirror: str | None) -> None:
    table = parse_venue_table({"instruments": PURE, "venues": {"okx": written}})
    assert table.settings_of("okx").mirror == mirror
    assert table.settings_of("binance").mirror is None


@pytest.mark.parametrize("text", ["[instruments", "\x00", "instruments = 1"])
def test_a_file_that_is_not_toml_is_refused_by_its_name(tmp_path: Path, text: str) -> None:
    path = tmp_path / "venues.toml"
    path.write_text(text)
    with pytest.raises(BadVenueTable, match=r"venues\.toml: "):
        read_venue_table(path)


def test_a_file_that_is_not_there_is_refused_by_its_name(tmp_path: Path) -> None:
    with pytest.raises(BadVenueTable, match="none"):
        read_venue_table(tmp_path / "none.toml")
