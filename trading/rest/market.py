"""The answers about the market that more than one REST door gives."""

from django.utils import timezone
from rest_framework.response import Response

from accounts.domain.notation import write_instant
from accounts.rest.asked import Asked
from trading.rest.orders import parse_quote_request
from trading.services.orders.make_quote import make_quote
from trading.wire import quotes as wire_quotes


def show_time() -> Response:
    return Response({"time": write_instant(timezone.now())}, headers={"Cache-Control": "no-store"})


def quote(request: Asked) -> Response:
    """A quote: the same offer for everybody. Nothing is stored."""
    now = timezone.now()
    quoted = make_quote(parse_quote_request(request), now=now)
    body = wire_quotes.quote(quoted.quote, token=quoted.token, listing=quoted.listing, now=now)
    return Response(body, headers={"Cache-Control": "no-store"})
