from django.utils import timezone
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.rest.doors import Door
from trading.rest.market import show_time
from trading.selectors.listings import listings
from trading.wire import market as wire_market


class Public(Door):
    """Market data, open to everyone."""

    permission_classes = (AllowAny,)


class Time(Public):
    def get(self, request: Request) -> Response:
        return show_time()


class Instruments(Public):
    def get(self, request: Request) -> Response:
        return Response(
            {"results": [wire_market.listing(listing) for listing in listings(timezone.now())], "next": None}
        )
