from datetime import datetime

from django.http import HttpResponse
from django.utils import timezone
from rest_framework.permissions import AllowAny
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.rest.caching import kept
from accounts.rest.doors import Door
from trading.rest.market import show_time
from trading.selectors.listings import listings, state_of_listings
from trading.wire import market as wire_market


class Public(Door):
    """Market data, open to everyone."""

    permission_classes = (AllowAny,)


class Time(Public):
    def get(self, request: Request) -> Response:
        return show_time()


class Instruments(Public):
    def get(self, request: Request) -> HttpResponse:
        now = timezone.now()
        content = kept(request, state_of_listings(now), lambda: _listed(now))
        return HttpResponse(content, content_type="application/json", headers={"Cache-Control": "public, max-age=1"})


def _listed(now: datetime) -> bytes:
    return JSONRenderer().render({"results": [wire_market.listing(each) for each in listings(now)], "next": None})
