from uuid import UUID

import structlog
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.domain.access.scopes import Scope
from accounts.domain.errors import FieldError, InvalidInput, NotFound
from accounts.rest.answers import granted, page_of
from accounts.rest.doors import Door, asks
from accounts.rest.inputs import Members, positive_amount, request_key, takes
from accounts.rest.rates import MinuteRate, RequestRate
from accounts.rest.windows import PAGE, limit_of
from accounts.selectors.people.person import id_of
from trading.api.order_input import ORDER_MEMBERS, parse_order
from trading.selectors.offers import TradeOffer, offer_of
from trading.selectors.trades import trade_by_key, trade_of, trades_of
from trading.services.orders.close_trade import close_trade
from trading.services.orders.open_trades import open_trade
from trading.wire import offers as wire_offers
from trading.wire import trades as wire_trades


class OrderRate(MinuteRate):
    door, writes_only = "orders", True


class FlashTrades(Door):
    scopes = {"GET": Scope.READ, "POST": Scope.TRADE}
    throttle_classes = (RequestRate, OrderRate)

    @asks("client_order_id", *PAGE)
    def get(self, request: Request) -> Response:
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

    @takes(*ORDER_MEMBERS)
    def post(self, request: Request) -> Response:
        accepted = open_trade(parse_order(request), clock=timezone.now)
        structlog.contextvars.bind_contextvars(trade_id=str(accepted.trade.id))  # for the request's line
        return granted(
            wire_trades.accepted_trade(accepted.trade), under="/api/v1/flash-trades", replayed=accepted.replayed
        )


class FlashTradeDetail(Door):
    def get(self, request: Request, trade_id: UUID) -> Response:
        trade = trade_of(id_of(request.user), trade_id)
        if trade is None:
            raise NotFound(str(trade_id))
        return Response(wire_trades.flash_trade(trade))


class FlashTradeOffer(Door):
    def get(self, request: Request, trade_id: UUID) -> Response:
        """The sale offer of the trade at this moment, or the reason why there is none."""
        trade = trade_of(id_of(request.user), trade_id)
        if trade is None:
            raise NotFound(str(trade_id))
        offer = offer_of(trade, min_price=None, now=timezone.now())
        return Response(wire_offers.offer(TradeOffer(trade, offer)))


class FlashTradeClose(Door):
    scopes = {"POST": Scope.TRADE}

    @takes("min_price")
    def post(self, request: Request, trade_id: UUID) -> Response:
        """Give a close order. 202: the price of a second to come decides it; 200: the trade is sold already."""
        members = Members(request)
        min_price = members.read("min_price", lambda value: None if value is None else positive_amount(value), None)
        members.check()
        user_id = id_of(request.user)
        closing = close_trade(trade_id=trade_id, user_id=user_id, min_price=min_price, clock=timezone.now)
        headers = {"Idempotency-Replayed": "true"} if closing.replayed else {}
        done = closing.trade.settled_at is not None
        return Response(wire_trades.flash_trade(closing.trade), status=200 if done else 202, headers=headers)
