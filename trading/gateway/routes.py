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
VIEWS = "trading.api.flash_trades"


def _routes_below(root: str) -> list[Route]:
    path, view, asked = f"{root}/flash-trades", f"{VIEWS}.FlashTrades", frozenset(flash_trades.LIST_PARAMETERS)
    rates = ("requests", "orders")
    return [
        Route("GET", path, view, Lane.LISTS, flash_trades.list_trades, TRADES, LIST, parameters=asked),
        Route("POST", path, view, Lane.ORDERS, None, TRADES, LIST, rates=rates, members=ORDER_MEMBERS),
        Route("GET", f"{path}/<uid:trade_id>", f"{VIEWS}.FlashTradeDetail", Lane.READS, _show, {}, ONE),
    ]


def _show(sent: Sent) -> Response:
    return flash_trades.show_trade(sent, sent.named)


def _close(sent: Sent) -> Response:
    return flash_trades.close(sent, sent.named)


def _time(sent: Sent) -> Response:
    return market.show_time()


CLOSE = "/api/v1/flash-trades/<uid:trade_id>/close"
ROUTES = [
    *_routes_below("/api/v1"),
    *_routes_below("/api"),
    Route(
        "POST",
        CLOSE,
        f"{VIEWS}.FlashTradeClose",
        Lane.CLOSES,
        _close,
        {"POST": Scope.TRADE},
        WRITE,
        members=flash_trades.CLOSE_MEMBERS,
    ),
    Route(
        "POST",
        "/api/v1/quotes",
        "trading.api.quotes.Quotes",
        Lane.READS,
        market.quote,
        {},
        WRITE,
        rates=("requests", "quotes"),
        members=QUOTE_MEMBERS,
        is_public=True,
    ),
    Route("GET", "/api/v1/time", "trading.api.market.Time", Lane.READS, _time, {}, ONE, is_public=True),
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
