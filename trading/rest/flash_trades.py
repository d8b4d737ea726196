"""The answers about trades, the same at each REST door."""

from uuid import UUID

from django.utils import timezone
from rest_framework.response import Response

from accounts.domain.errors import FieldError, InvalidInput, NotFound
from accounts.rest.answers import granted, page_of
from accounts.rest.asked import Asked
from accounts.rest.inputs import Members, positive_amount, request_key
from accounts.rest.windows import PAGE, limit_of
from accounts.selectors.people.person import id_of
from trading.selectors.trades import trade_by_key, trade_of, trades_of
from trading.services.orders.close_trade import close_trade
from trading.services.orders.open_trades import Accepted
from trading.wire import trades as wire_trades

LIST_PARAMETERS = ("client_order_id", *PAGE)
CLOSE_MEMBERS = ("min_price",)


def list_trades(request: Asked) -> Response:
    """Newest first. `?client_order_id=` answers with the trade of that order, if it was accepted.

    A key that no order can have is refused: "none" would make its sender order again.
    """
    named = request.query_params.get("client_order_id")
    if named is None:
        return page_of(request, trades_of, wire_trades.flash_trade)
    key = request_key("client_order_id", named)
    limit_of(request, default=50, most=200)
    if "cursor" in request.query_params:
        message = "a list with client_order_id has one page"
        raise InvalidInput(fields=(FieldError("cursor", "invalid", message),))
    trade = trade_by_key(id_of(request.user), key)
    return Response({"results": [wire_trades.flash_trade(trade)] if trade else [], "next": None})


def show_trade(request: Asked, trade_id: UUID) -> Response:
    """One of the caller's trades. Raises NotFound."""
    trade = trade_of(id_of(request.user), trade_id)
    if trade is None:
        raise NotFound(str(trade_id))
    return Response(wire_trades.flash_trade(trade))


def opened(accepted: Accepted) -> Response:
    """The answer to an accepted order."""
    shown = wire_trades.accepted_trade(accepted.trade)
    return granted(shown, under="/api/v1/flash-trades", replayed=accepted.replayed)


def close(request: Asked, trade_id: UUID) -> Response:
    """Give a close order. 202: the price of a second to come decides it; 200: the trade is sold already."""
    members = Members(request)
    min_price = members.read("min_price", lambda value: None if value is None else positive_amount(value), None)
    members.check()
    user_id = id_of(request.user)
    closing = close_trade(trade_id=trade_id, user_id=user_id, min_price=min_price, clock=timezone.now)
    headers = {"Idempotency-Replayed": "true"} if closing.replayed else {}
    done = closing.trade.settled_at is not None
    return Response(wire_trades.flash_trade(closing.trade), status=200 if done else 202, headers=headers)
