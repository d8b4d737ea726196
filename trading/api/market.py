from datetime import timedelta

from django.utils import timezone
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.windows import instant_of, limit_of
from accounts.domain.notation import write_instant
from trading import wire
from trading.selectors import listings, prices


class Public(APIView):
    """Market data, for everyone."""

    permission_classes = (AllowAny,)


class Time(Public):
    def get(self, request: Request) -> Response:
        return Response({"time": write_instant(timezone.now())}, headers={"Cache-Control": "no-store"})


class Instruments(Public):
    def get(self, request: Request) -> Response:
        return Response({"results": [wire.listing(listing) for listing in listings()], "next": None})


class Prices(Public):
    def get(self, request: Request, symbol: str) -> Response:
        since, until = instant_of(request, "since"), instant_of(request, "until")
        limit = limit_of(request, default=300, most=1000)
        found = prices(symbol, since=since, until=until, limit=limit)
        following = None
        if since is not None and len(found) == limit:
            query = request._request.GET.copy()
            query["since"] = write_instant(found[-1].priced_at + timedelta(seconds=1))
            following = request.build_absolute_uri(f"{request.path}?{query.urlencode()}")
        return Response({"results": [wire.index_price(price) for price in found], "next": following})
