"""The style page: everything that pages are made of, in one place. Only where DJANGO_DEBUG is on."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from trading.domain.statistics import win_rate
from trading.web.portfolio_shown import RateShown
from trading.web.states import STATES

COLOURS = ("bg", "surface", "raised", "line", "control", "text", "muted", "accent", "accent-soft", "care", "care-bg",
           "up", "down", "up-fill", "down-fill")  # fmt: skip
TYPE = ("caption", "body", "lead", "title", "display")
SPACES = (2, 4, 6, 8, 10, 12, 14, 16, 20, 24, 32, 36, 48, 80)


@require_safe
def styleguide(request: HttpRequest) -> HttpResponse:
    """The parts with the classes of the real pages: what looks wrong here looks wrong there."""
    if not settings.DEBUG:
        raise Http404("the style page is for development")
    rates = [RateShown.of(rate) for won, lost in ((90, 30), (54, 46), (30, 90)) if (rate := win_rate(won, lost, 102.0))]
    context = {
        "colours": COLOURS,
        "type": TYPE,
        "spaces": SPACES,
        "states": STATES,
        "amounts": ("10", "50", "100"),
        "rates": rates,
    }
    return render(request, "styleguide.html", context)
