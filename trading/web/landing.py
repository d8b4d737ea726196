"""The front door: the market for a trader, and for a visitor what this is, with a trade to practise."""

from decimal import Decimal

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.domain.money import round_down, write_money
from accounts.selectors.cashier.currencies import real_currencies
from accounts.site import absolute
from trading.domain.rules import RULES_NOW
from trading.selectors.listings import Listing, listings
from trading.web.checks import MEANINGS, OF_PRACTICE
from trading.web.present import InstrumentShown, duration_text
from trading.web.states import STATES_OF_PRACTICE
from trading.web.views import trade
from trading.wire import market as wire_market

STAKE = Decimal(100)
"""What a practice trade is told with; nothing is staked."""


@require_safe
@never_cache
def front(request: HttpRequest) -> HttpResponse:
    """The trade page of a person who is signed in; the landing page of a visitor."""
    return trade(request) if request.user.is_authenticated else _landing(request)


def _landing(request: HttpRequest) -> HttpResponse:
    is_open = (each for each in listings(timezone.now()) if each.instrument.status == "open")
    chosen = next(is_open, None)
    context = {
        "page": "landing",
        "real_money": bool(real_currencies()),
        "address": absolute("/"),
        "picture": absolute(static("icons/card.png")),
        "check_steps": OF_PRACTICE,
        "check_meanings": MEANINGS,
        "states": STATES_OF_PRACTICE,
    }
    if chosen is not None:
        seconds = _practice_seconds(chosen)
        context |= {
            "instrument": InstrumentShown.of(chosen),
            "duration": duration_text(seconds),
            "page_data": {"instrument": wire_market.listing(chosen), "terms": _terms(chosen, seconds)},
        }
    return render(request, "trading/landing.html", context)


def _practice_seconds(chosen: Listing) -> int:
    """The shortest duration that the rules allow, or that the instrument offers."""
    return min(chosen.instrument.durations, default=RULES_NOW.duration_min_seconds)


def _terms(chosen: Listing, seconds: int) -> dict[str, object]:
    instrument, rate = chosen.instrument, chosen.payouts.base(seconds)
    payout = round_down(STAKE * (1 + rate), instrument.currency)
    return {
        "symbol": instrument.symbol,
        "currency": instrument.currency,
        "pip": f"{instrument.pip.normalize():f}",
        "duration": seconds,
        "stake": write_money(STAKE, instrument.currency),
        "payout_rate": wire_market.write_rate(rate),
        "payout": write_money(payout, instrument.currency),
        "rule_version": RULES_NOW.version,
    }
