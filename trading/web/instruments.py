"""The page of all instruments: what is offered on each, and its price when the page was read."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from trading.selectors.history import opening_prices
from trading.selectors.listings import listings
from trading.web.present import InstrumentShown, durations_shown
from trading.web.views import CHANGE_SPAN


@require_safe
@never_cache
def instruments(request: HttpRequest) -> HttpResponse:
    """All that are listed, in their order; visitors may read it too."""
    now = timezone.now()
    listed = listings(now)
    openings = opening_prices([each.instrument.pk for each in listed], since=now - CHANGE_SPAN)
    shown = [
        {
            "it": InstrumentShown.of(each, openings.get(each.instrument.pk)),
            "durations": durations_shown(each),
            "priced_at": each.newest.priced_at if each.newest else None,
        }
        for each in listed
    ]
    return render(request, "trading/instruments.html", {"page": "instruments", "instruments": shown, "now": now})
