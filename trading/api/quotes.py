from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.rest.inputs import takes
from accounts.rest.rates import MinuteRate, RequestRate
from trading.api.market import Public
from trading.api.order_input import QUOTE_MEMBERS, parse_quote_request
from trading.services.orders.make_quote import make_quote
from trading.wire import quotes as wire_quotes


class QuoteRate(MinuteRate):
    door = "quotes"


class Quotes(Public):
    """Quotes: the same offer for everybody. Nothing is stored."""

    throttle_classes = (RequestRate, QuoteRate)

    @takes(*QUOTE_MEMBERS)
    def post(self, request: Request) -> Response:
        now = timezone.now()
        quoted = make_quote(parse_quote_request(request), now=now)
        body = wire_quotes.quote(quoted.quote, token=quoted.token, listing=quoted.listing, now=now)
        return Response(body, headers={"Cache-Control": "no-store"})
