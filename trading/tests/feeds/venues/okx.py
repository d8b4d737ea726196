"""OKX's protocol."""

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from trading.tests.feeds.venues.dialect import Dialect, halves, joined, ms, named

if TYPE_CHECKING:
    from aiohttp import web

    from trading.tests.feeds.venues.server import Venue


def _markets(venue: "Venue", request: "web.Request") -> Any:
    data = [
        {
            "instType": "SPOT",
            "instId": joined(market, "-"),
            "baseCcy": halves(market)[0],
            "quoteCcy": halves(market)[1],
            "tickSz": "0.01",
            "lotSz": "0.00000001",
            "minSz": "0.00001",
            "maxMktSz": "1000000",
            "state": "live",
            "listTime": "1611907686000",
        }
        for market in venue.quotes
        if request.query.get("instType") == "SPOT"
    ]
    return {"code": "0", "msg": "", "data": data}


def _hear(venue: "Venue", markets: set[str], text: str) -> Iterator[str]:
    if text == "ping":
        yield "pong"
        return
    message = json.loads(text)
    for arg in message["args"]:
        market = named(venue, arg["instId"], "-")
        if message["op"] == "subscribe" and arg["channel"] == "tickers" and market:
            markets.add(market)
            yield json.dumps({"event": "subscribe", "arg": arg, "connId": "a4d3ae55"})
        else:
            yield json.dumps({"event": "error", "code": "60018", "msg": f"{arg} doesn't exist", "connId": "a4d3ae55"})


def _quote(venue: "Venue", market: str) -> str:
    quote, name = venue.quotes[market], joined(market, "-")
    ticker = {"instType": "SPOT", "instId": name, "last": quote.bid, "lastSz": "0.1", "ts": str(ms(venue))}
    ticker |= {"bidPx": quote.bid, "bidSz": "3.05", "askPx": quote.ask, "askSz": "0.009", "open24h": quote.bid}
    ticker |= {"high24h": quote.ask, "low24h": quote.bid, "volCcy24h": "503403597.38", "vol24h": "15937.1"}
    return json.dumps({"arg": {"channel": "tickers", "instId": name}, "data": [ticker]})


def _refuse(venue: "Venue", market: str, text: str) -> str:
    arg = f"channel:tickers,instId:{joined(market, '-')}"
    message = f"Wrong URL or {arg} doesn't exist. Please use the correct URL, channel and parameters."
    return json.dumps({"event": "error", "code": "60018", "msg": message, "connId": "a4d3ae55"})


DIALECT = Dialect(
    rest_path="",
    websocket_path="/ws/v5",
    websocket_route="/ws/v5/public",
    rest_answers={"/api/v5/public/instruments": _markets},
    hear=_hear,
    quote=_quote,
    refuse=_refuse,
)
