"""Bitstamp's protocol."""

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from trading.tests.feeds.venues.dialect import Dialect, halves, joined, named

if TYPE_CHECKING:
    from aiohttp import web

    from trading.tests.feeds.venues.server import Venue


def _markets(venue: "Venue", _: "web.Request") -> Any:
    return [
        {
            "name": market,
            "market_symbol": joined(market).lower(),
            "base_currency": halves(market)[0],
            "base_decimals": 8,
            "counter_currency": halves(market)[1],
            "counter_decimals": 2,
            "minimum_order_value": "10",
            "trading": "Enabled",
            "description": f"{halves(market)[0]} / {halves(market)[1]}",
            "market_type": "SPOT",
        }
        for market in venue.quotes
    ]


def _book(venue: "Venue", request: "web.Request") -> Any:
    market = named(venue, request.match_info["pair"]) or ""
    return _levels(venue, market)


def _levels(venue: "Venue", market: str) -> dict[str, Any]:
    """The best levels, and the removal of former quotes: these have quantity 0."""
    quote, us = venue.quotes[market], int(venue.now() * 1_000_000)
    return {
        "timestamp": str(us // 1_000_000),
        "microtimestamp": str(us),
        "bids": [*([old.bid, "0"] for old in venue.former if old.bid != quote.bid), [quote.bid, "1.5"]],
        "asks": [*([old.ask, "0"] for old in venue.former if old.ask != quote.ask), [quote.ask, "1.5"]],
    }


def _hear(venue: "Venue", markets: set[str], text: str) -> Iterator[str]:
    message = json.loads(text)
    channel = message["data"]["channel"]
    market = named(venue, channel.removeprefix("diff_order_book_"))
    if message["event"] == "bts:subscribe" and market:
        markets.add(market)
        yield json.dumps({"event": "bts:subscription_succeeded", "channel": channel, "data": {}})


def _quote(venue: "Venue", market: str) -> str:
    channel = f"diff_order_book_{joined(market).lower()}"
    return json.dumps({"data": _levels(venue, market), "channel": channel, "event": "data"})


def _refuse(venue: "Venue", market: str, text: str) -> str:
    data = {"code": None, "message": "Incorrect channel format."}
    return json.dumps({"event": "bts:error", "channel": "", "data": data})


DIALECT = Dialect(
    rest_path="/api",
    websocket_path="/",
    websocket_route="/",
    rest_answers={"/api/v2/markets/": _markets, "/api/v2/order_book/{pair}/": _book},
    hear=_hear,
    quote=_quote,
    refuse=_refuse,
)
