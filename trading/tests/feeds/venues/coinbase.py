"""Coinbase's protocol."""

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from trading.tests.feeds.venues.dialect import Dialect, halves, iso, joined, named

if TYPE_CHECKING:
    from aiohttp import web

    from trading.tests.feeds.venues.server import Venue


def _markets(venue: "Venue", request: "web.Request") -> Any:
    products = [
        {
            "product_id": joined(market, "-"),
            "base_increment": "0.00000001",
            "quote_increment": "0.01",
            "quote_min_size": "1",
            "quote_max_size": "150000000",
            "base_min_size": "0.00000001",
            "base_max_size": "3400",
            "status": "online",
            "trading_disabled": False,
            "product_type": "SPOT",
            "base_currency_id": halves(market)[0],
            "quote_currency_id": halves(market)[1],
            "price_increment": "0.01",
            "alias_to": [],
        }
        for market in venue.quotes
        if "product_type" not in request.query
    ]
    return {"products": products, "num_products": len(products)}


def _hear(venue: "Venue", markets: set[str], text: str) -> Iterator[str]:
    message = json.loads(text)
    found = [market for name in message["product_ids"] if (market := named(venue, name, "-"))]
    if message["type"] == "subscribe" and message["channel"] == "ticker":
        markets |= set(found)
        events = [{"subscriptions": {"ticker": message["product_ids"]}}]
        yield json.dumps({"channel": "subscriptions", "timestamp": iso(venue), "sequence_num": 0, "events": events})


def _quote(venue: "Venue", market: str) -> str:
    quote = venue.quotes[market]
    ticker = {"type": "ticker", "product_id": joined(market, "-"), "price": quote.bid, "volume_24_h": "16038.2"}
    ticker |= {"best_bid": quote.bid, "best_bid_quantity": "0.02", "best_ask": quote.ask, "best_ask_quantity": "0.01"}
    # Coinbase's times have nanoseconds.
    at = iso(venue).replace("Z", "123Z")
    events = [{"type": "update", "tickers": [ticker]}]
    return json.dumps({"channel": "ticker", "client_id": "", "timestamp": at, "sequence_num": 1, "events": events})


def _refuse(venue: "Venue", market: str, text: str) -> str:
    return json.dumps({"type": "error", "message": f"{joined(market, '-')} is not a valid product"})


DIALECT = Dialect(
    rest_path="",
    websocket_path="/",
    websocket_route="/",
    rest_answers={"/api/v3/brokerage/market/products": _markets},
    hear=_hear,
    quote=_quote,
    refuse=_refuse,
)
