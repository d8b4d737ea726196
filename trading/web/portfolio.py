"""The portfolio: how a wallet's trades have done. Ranges and wallets are links, so it works without scripts."""

from datetime import datetime, timedelta
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.selectors.ledger.wallets import Wallet, wallets_of
from accounts.selectors.people.person import id_of
from accounts.web.days import beginning
from accounts.web.ledger.books import chosen_wallet
from accounts.web.present import WalletShown
from trading.selectors.past.results import COUNTED_MAX, SpanOfResults, Step, results_in, streaks_in
from trading.web.portfolio_shown import Choice, PortfolioShown, curve_data

RANGES = {"7d": (7, _("7 days")), "30d": (30, _("30 days")), "90d": (90, _("90 days")), "1y": (365, _("1 year"))}
ALL = "all"
USUAL = "30d"
DAYS_BY_THE_MINUTE, DAYS_BY_THE_HOUR = 30, 90
FIRST = datetime(2000, 1, 1, tzinfo=timezone.get_default_timezone())
"""Before the first trade there can be."""


@login_required
@require_safe
@never_cache
def portfolio(request: HttpRequest) -> HttpResponse:
    """`?range=` and `?wallet=` choose; an unknown one is not found."""
    wallets = sorted(wallets_of(id_of(request.user)), key=lambda each: not each.demo)
    wallet, chosen = _wallet(request, wallets), request.GET.get("range") or USUAL
    if chosen not in (*RANGES, ALL):
        raise Http404("no such range")
    span = _span(id_of(request.user), wallet, chosen, timezone.now())
    results = results_in(span)
    context = {
        "page": "portfolio",
        "ranges": _range_choices(chosen, wallet),
        "wallet_choices": _wallet_choices(wallets, wallet, chosen),
        "shown": PortfolioShown.of(results, streaks_in(span), wallet.currency),
        "counted_max": COUNTED_MAX if results.all.trades == COUNTED_MAX else None,
        "curve_data": curve_data(results, wallet.currency),
    }
    return render(request, "trading/portfolio.html", context)


def _wallet(request: HttpRequest, wallets: list[Wallet]) -> Wallet:
    asked = request.GET.get("wallet")
    if asked:
        found = next((each for each in wallets if str(each.id) == asked), None)
    else:
        found = chosen_wallet(request, wallets)
    if found is None:
        raise Http404("no such wallet")
    return found


def _span(user_id: int, wallet: Wallet, chosen: str, now: datetime) -> SpanOfResults:
    days = RANGES[chosen][0] if chosen in RANGES else None
    first = beginning(timezone.localdate(now) - timedelta(days=days - 1)) if days else None
    zone = timezone.get_current_timezone_name()
    step: Step = "day"
    if days and days <= DAYS_BY_THE_HOUR:
        step = "minute" if days <= DAYS_BY_THE_MINUTE else "hour"
    return SpanOfResults(user_id, wallet.id, first or FIRST, now, zone, step)


def _range_choices(chosen: str, wallet: Wallet) -> list[Choice]:
    named = [*((name, text) for name, (_days, text) in RANGES.items()), (ALL, _("All"))]
    return [Choice(str(text), urlencode({"range": name, "wallet": wallet.id}), name == chosen) for name, text in named]


def _wallet_choices(wallets: list[Wallet], wallet: Wallet, chosen: str) -> list[Choice]:
    shown = [WalletShown.of(each) for each in wallets]
    return [
        Choice(f"{each.currency} · {each.book}", urlencode({"range": chosen, "wallet": each.id}), each.id == wallet.id)
        for each in shown
    ]
