from rest_framework.request import Request
from rest_framework.response import Response

from trading.api.market import Public
from trading.selectors.venues import venue_report, venues_out
from trading.wire import market as wire_market


class Venues(Public):
    """The state of the venues behind the live index; an empty list without a live feed or a fresh report."""

    def get(self, request: Request) -> Response:
        report = venue_report()
        out = venues_out() if report else {}
        venues = [wire_market.public_venue(venue, out) for venue in report.venues] if report else []
        body = {"at": report.at if report else None, "results": venues, "next": None}
        return Response(body, headers={"Cache-Control": "no-store"})
