from uuid import UUID

import structlog
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.domain.access.scopes import Scope
from accounts.domain.errors import NotFound, TooManyRequests
from accounts.rest.authentication import key_id_of, session_started_at_of
from accounts.rest.doors import Door, asks
from accounts.rest.inputs import takes
from accounts.rest.rates import RequestRate, count_more, counted_of, seconds_left
from accounts.selectors.people.person import id_of
from trading.rest import flash_trades
from trading.rest.orders import ORDER_MEMBERS, parse_each, parse_order, read_batch
from trading.selectors.offers import TradeOffer, offer_of
from trading.selectors.trades import trade_of
from trading.services.orders.open_trades import open_trade, open_trades
from trading.wire import offers as wire_offers


class OrderRate(RequestRate):
    door, writes_only = "orders", True


class FlashTrades(Door):
    scopes = {"GET": Scope.READ, "POST": Scope.TRADE}
    throttle_classes = (OrderRate,)

    @asks(*flash_trades.LIST_PARAMETERS)
    def get(self, request: Request) -> Response:
        return flash_trades.list_trades(request)

    @takes(*ORDER_MEMBERS)
    def post(self, request: Request) -> Response:
        order = parse_order(request)(
            id_of(request.user), session_started_at=session_started_at_of(request), api_key_id=key_id_of(request)
        )
        accepted = open_trade(order, clock=timezone.now)
        structlog.contextvars.bind_contextvars(trade_id=str(accepted.trade.id))  # for the request's line
        return flash_trades.opened(accepted)


class FlashTradeBatch(Door):
    """Up to 20 orders, each with a result of its own."""

    scopes = {"POST": Scope.TRADE}
    throttle_classes = (OrderRate,)

    @takes("orders")
    def post(self, request: Request) -> Response:
        """The status of the whole answer is 200; each result has the status that the order alone would have had."""
        bodies = read_batch(dict(request.data).get("orders"))
        _count_the_others(request, len(bodies) - 1)
        user_id, key_id, started_at = id_of(request.user), key_id_of(request), session_started_at_of(request)
        read = [parse_each(body) for body in bodies]
        orders = [make(user_id, session_started_at=started_at, api_key_id=key_id) for make in read if callable(make)]
        results = iter(open_trades(orders, clock=timezone.now) if orders else [])
        return Response({"results": [flash_trades.result(next(results) if callable(each) else each) for each in read]})


def _count_the_others(request: Request, number: int) -> None:
    """The door has counted one order of a batch."""
    counted = counted_of(request._request)
    counted[:] = count_more(OrderRate.door, id_of(request.user), number, after=counted)
    if any(each.is_one_too_many for each in counted):
        refusal = TooManyRequests("Each order of a batch counts")
        refusal.retry_after_seconds = int(seconds_left()) + 1
        raise refusal


class FlashTradeDetail(Door):
    def get(self, request: Request, trade_id: UUID) -> Response:
        return flash_trades.show_trade(request, trade_id)


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

    @takes(*flash_trades.CLOSE_MEMBERS)
    def post(self, request: Request, trade_id: UUID) -> Response:
        return flash_trades.close(request, trade_id)
