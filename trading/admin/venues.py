"""Staff page: the state of the live feed's venues. Read-only."""

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from trading.selectors.venues import newest_inputs, venue_report, venues_out


def venues(request: HttpRequest) -> HttpResponse:
    """The venues of the feed's last report, and the venues that don't count in the newest prices."""
    if not request.user.has_perm("trading.view_indexprice"):
        raise PermissionDenied
    report, out = venue_report(), venues_out()
    rows = [
        {"venue": venue, "out": sorted((symbol, why) for (symbol, name), why in out.items() if name == venue["venue"])}
        for venue in (report.venues if report else ())
    ]
    context = admin.site.each_context(request) | {
        "title": _("Price venues"),
        "report": report,
        "rows": rows,
        "inputs": newest_inputs(),
    }
    return TemplateResponse(request, "admin/venues.html", context)
