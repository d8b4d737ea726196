from rest_framework.request import Request
from rest_framework.response import Response

from accounts.rest.inputs import takes
from accounts.rest.rates import RequestRate
from trading.api.market import Public
from trading.rest.market import quote
from trading.rest.orders import QUOTE_MEMBERS


class QuoteRate(RequestRate):
    door = "quotes"


class Quotes(Public):
    """Quotes: the same offer for everybody. Nothing is stored."""

    throttle_classes = (QuoteRate,)

    @takes(*QUOTE_MEMBERS)
    def post(self, request: Request) -> Response:
        return quote(request)
