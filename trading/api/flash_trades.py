from uuid import UUID

from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.answers import granted, page_of
from accounts.api.inputs import takes
from accounts.domain.access import Scope
from accounts.domain.errors import NotFound
from accounts.selectors import id_of
from trading import wire
from trading.api.order_input import ORDER_MEMBERS, parse_order
from trading.selectors import trade_by_key, trade_of, trades_of
from trading.services.open_trades import open_trade


class FlashTrades(APIView):
    scopes = {"GET": Scope.READ, "POST": Scope.TRADE}

    def get(self, request: Request) -> Response:
        """Newest first; with `?client_order_id=` the one trade that order became, if it landed."""
        key = request.query_params.get("client_order_id")
        if key is not None:
            trade = trade_by_key(id_of(request.user), key) if "\0" not in key else None
            return Response({"results": [wire.flash_trade(trade)] if trade else [], "next": None})
        return page_of(request, trades_of, wire.flash_trade)

    @takes(*ORDER_MEMBERS)
    def post(self, request: Request) -> Response:
        accepted = open_trade(parse_order(request), now=timezone.now())
        return granted(wire.accepted_trade(accepted.trade), under="/api/v1/flash-trades", replayed=accepted.replayed)


class FlashTradeDetail(APIView):
    def get(self, request: Request, trade_id: UUID) -> Response:
        trade = trade_of(id_of(request.user), trade_id)
        if trade is None:
            raise NotFound(str(trade_id))
        return Response(wire.flash_trade(trade))
