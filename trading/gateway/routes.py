"""The requests that the gateway knows. Each has the facts of DRF's view at the same address; a test compares them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from uuid import UUID

from rest_framework.response import Response

from accounts.domain.access.scopes import Scope
from accounts.domain.notation import parse_id
from trading.gateway.sent import Lane, Sent
from trading.rest import flash_trades, market
from trading.rest.orders import ORDER_MEMBERS, QUOTE_MEMBERS


@dataclass(frozen=True, slots=True)
class Route:
    """A method at an address."""

    method: str
    address: str
    """As Django's routes and the log's lines name it."""
    view: str
    """Its name in the metrics of requests: that of DRF's view."""
    lane: Lane
    answer: Callable[[Sent], Response] | None
    """None for an order: it is answered with all of its batch."""
    scopes: Mapping[str, Scope]
    allowed: str
    """The methods of the address, as the header `Allow` tells them."""
    rates: tuple[str, ...] = ("requests",)
    parameters: frozenset[str] = frozenset()
    members: tuple[str, ...] = ()
    is_public: bool = False


TRADES = {"GET": Scope.READ, "POST": Scope.TRADE}
LIST, ONE, WRITE = "GET, POST, HEAD, OPTIONS", "GET, HEAD, OPTIONS", "POST, OPTIONS"


def _routes_below(root: str) -> list[Route]:
    path, views = f"{root}/flash-trades", "trading.api.flash_trades"
    everything = {"scopes": TRADES, "allowed": LIST}
    reading, opening = ("GET", path, f"{views}.FlashTrades", Lane.READS), ("POST", path, f"{views}.FlashTrades")
    return [
        Route(*reading, flash_trades.list_trades, **everything, parameters=frozenset(flash_trades.LIST_PARAMETERS)),
        Route(*opening, Lane.ORDERS, None, **everything, rates=("requests", "orders"), members=ORDER_MEMBERS),
        Route("GET", f"{path}/<uid:trade_id>", f"{views}.FlashTradeDetail", Lane.READS, _show, {}, ONE),
    ]


def _show(sent: Sent) -> Response:
    return flash_trades.show_trade(sent, sent.named)


def _close(sent: Sent) -> Response:
    return flash_trades.close(sent, sent.named)


ROUTES = [
    *_routes_below("/api/v1"),
    *_routes_below("/api"),
    Route(
        *("POST", "/api/v1/flash-trades/<uid:trade_id>/close", "trading.api.flash_trades.FlashTradeClose"),
        *(Lane.CLOSES, _close, {"POST": Scope.TRADE}, WRITE),
        members=flash_trades.CLOSE_MEMBERS,
    ),
    Route(
        *("POST", "/api/v1/quotes", "trading.api.quotes.Quotes", Lane.READS, market.quote, {}, WRITE),
        rates=("requests", "quotes"),
        members=QUOTE_MEMBERS,
        is_public=True,
    ),
    Route(
        *("GET", "/api/v1/time", "trading.api.market.Time", Lane.READS, lambda _: market.show_time(), {}, ONE),
        is_public=True,
    ),
]
_BY_ADDRESS = {(route.method, route.address): route for route in ROUTES}
_ID = "<uid:trade_id>"


def match(method: str, path: str) -> tuple[Route, UUID | None] | None:
    """Returns the route of a request, with the id in its path; None for one that the gateway doesn't know."""
    route = _BY_ADDRESS.get((method, path))
    if route is not None:
        return (route, None) if _ID not in path else None
    start, found, rest = path.partition("/flash-trades/")
    named, slash, action = rest.partition("/")
    trade_id = parse_id(named) if found else None
    if trade_id is None:
        return None
    route = _BY_ADDRESS.get((method, f"{start}/flash-trades/{_ID}{slash}{action}"))
    return (route, trade_id) if route is not None else None
