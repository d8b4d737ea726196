"""Binance's protocol."""

import json
from collections.abc import Iterator
from itertools import count
from typing import TYPE_CHECKING, Any

from trading.tests.feeds.venues.dialect import Dialect, halves, joined, ms, named

if TYPE_CHECKING:
    from aiohttp import web

    from trading.tests.feeds.venues.server import Venue

_numbers = count(1)
"""Update numbers, ascending like Binance's, and below all recorded ones."""


def _markets(venue: "Venue", _: "web.Request") -> Any:
    symbols = [
        {
            "symbol": joined(market),
            "status": "TRADING",
            "baseAsset": halves(market)[0],
            "baseAssetPrecision": 8,
            "quoteAsset": halves(market)[1],
            "quotePrecision": 8,
            "quoteAssetPrecision": 8,
            "orderTypes": ["LIMIT", "MARKET"],
            "isSpotTradingAllowed": True,
            "isMarginTradingAllowed": False,
            "filters": [{"filterType": "PRICE_FILTER", "minPrice": "0.01", "maxPrice": "1000000", "tickSize": "0.01"}],
            "permissions": [],
            "permissionSets": [["SPOT"]],
        }
        for market in venue.quotes
    ]
    return {"timezone": "UTC", "serverTime": ms(venue), "rateLimits": [], "exchangeFilters": [], "symbols": symbols}


def _hear(venue: "Venue", markets: set[str], text: str) -> Iterator[str]:
    message = json.loads(text)
    if message.get("method") == "SUBSCRIBE":
        names = [stream.partition("@")[0] for stream in message["params"] if stream.endswith("@bookTicker")]
        markets |= {market for name in names if (market := named(venue, name))}
        yield json.dumps({"result": None, "id": message["id"]})


def _quote(venue: "Venue", market: str) -> str:
    quote = venue.quotes[market]
    data = {"u": next(_numbers), "s": joined(market), "b": quote.bid, "B": "1.5", "a": quote.ask, "A": "2.5"}
    return json.dumps(data)


def _refuse(venue: "Venue", market: str, text: str) -> str:
    error = {"code": 2, "msg": "Invalid request: unknown stream"}
    return json.dumps({"error": error, "id": json.loads(text)["id"]})


DIALECT = Dialect(
    rest_path="/api/v3",
    websocket_path="/ws",
    websocket_route="/ws/{stream}",
    rest_answers={"/api/v3/exchangeInfo": _markets, "/api/v3/time": lambda venue, _: {"serverTime": ms(venue)}},
    hear=_hear,
    quote=_quote,
    refuse=_refuse,
)
