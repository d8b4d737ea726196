"""Kraken's protocol."""

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from trading.tests.feeds.venues.dialect import Dialect, halves, iso, joined

if TYPE_CHECKING:
    from aiohttp import web

    from trading.tests.feeds.venues.server import Venue


def _markets(venue: "Venue", _: "web.Request") -> Any:
    pairs = {
        joined(market): {
            "altname": joined(market),
            "wsname": market,
            "base": halves(market)[0],
            "quote": halves(market)[1],
            "pair_decimals": 2,
            "lot_decimals": 8,
            "leverage_buy": [],
            "leverage_sell": [],
            "fees": [[0, 0.26]],
            "fees_maker": [[0, 0.16]],
            "ordermin": "0.0001",
            "status": "online",
        }
        for market in venue.quotes
    }
    return {"error": [], "result": pairs}


def _hear(venue: "Venue", markets: set[str], text: str) -> Iterator[str]:
    message = json.loads(text)
    if message["method"] == "ping":
        yield json.dumps({"method": "pong", "time_in": iso(venue), "time_out": iso(venue)})
        return
    for market in message["params"]["symbol"]:
        result = {"channel": "book", "depth": 10, "snapshot": True, "symbol": market}
        yield json.dumps({"method": "subscribe", "result": result, "success": True, "time_in": iso(venue)})
        yield _book(venue, market, "snapshot")
        markets.add(market)


def _quote(venue: "Venue", market: str) -> str:
    return _book(venue, market, "update")


def _book(venue: "Venue", market: str, kind: str) -> str:
    """The best levels, and the removal of former quotes: these have quantity 0."""
    quote = venue.quotes[market]
    book: dict[str, Any] = {"symbol": market, "checksum": 2439117997, "timestamp": iso(venue)}
    for side, best, former in (
        ("bids", quote.bid, [old.bid for old in venue.former]),
        ("asks", quote.ask, [old.ask for old in venue.former]),
    ):
        gone = [{"price": float(price), "qty": 0.0} for price in former if price != best]
        book[side] = [*gone, {"price": float(best), "qty": 1.5}]
    return json.dumps({"channel": "book", "type": kind, "data": [book]})


def _refuse(venue: "Venue", market: str, text: str) -> str:
    answer = {"error": f"Currency pair not supported {market}", "method": "subscribe", "success": False}
    return json.dumps(answer | {"symbol": market, "time_in": iso(venue), "time_out": iso(venue)})


DIALECT = Dialect(
    rest_path="",
    websocket_path="/v2",
    websocket_route="/v2",
    rest_answers={"/0/public/AssetPairs": _markets},
    hear=_hear,
    quote=_quote,
    refuse=_refuse,
)
