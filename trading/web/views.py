"""The market's pages at their first paint. The stream updates them."""

from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.domain.limits.own_limits import SessionLimitReached
from accounts.domain.notation import write_instant
from accounts.selectors.access.sessions import session_started_at
from accounts.selectors.ledger.wallets import Wallet, wallets_of
from accounts.selectors.limits.restrictions import restrictions_on
from accounts.web.ledger.books import chosen_wallet
from accounts.web.present import WalletShown
from accounts.wire import ledger as wire_ledger
from trading.domain.errors import UnknownInstrument
from trading.selectors.listings import Listing, listing, listings
from trading.selectors.trades import current_trades_of
from trading.web.present import InstrumentShown, durations_shown
from trading.wire import market as wire_market
from trading.wire import trades as wire_trades

AMOUNTS = ["10", "50", "100", "500"]


@require_safe
@never_cache
def trade(request: HttpRequest, symbol: str | None = None) -> HttpResponse:
    """One instrument: its chart, the ticket, and the trader's own trades."""
    now = timezone.now()
    listed = listings(now)
    chosen = _choose(listed, symbol, now)
    wallets = _wallets(request)
    in_use = chosen_wallet(request, wallets, chosen.instrument.currency)
    context = {
        "page": "trade",
        "instrument": InstrumentShown.of(chosen),
        "instruments": [InstrumentShown.of(each) for each in listed],
        "durations": durations_shown(chosen),
        "rates_differ": len({chosen.payouts.base(seconds) for seconds in chosen.instrument.durations}) > 1,
        "amounts": AMOUNTS,
        "page_data": _page_data(request, chosen, wallets) | {"wallet": in_use.id if in_use else None},
    }
    if in_use:
        context["wallet"] = WalletShown.of(in_use)
    return render(request, "trading/trade.html", context)


@require_safe
def manifest(request: HttpRequest) -> HttpResponse:
    """The web app manifest: it makes the site installable."""
    return render(request, "manifest.webmanifest", content_type="application/manifest+json")


def _choose(listed: list[Listing], symbol: str | None, now: datetime) -> Listing:
    if symbol is None:
        is_open = (each for each in listed if each.instrument.status == "open")
        chosen = next(is_open, None) or next(iter(listed), None)
        if chosen is None:
            raise Http404("there are no instruments yet")
        return chosen
    try:
        chosen = listing(symbol, now)
    except UnknownInstrument as error:
        raise Http404(symbol) from error
    if not chosen.instrument.tradable:
        raise Http404(symbol)  # it converts other prices: its page would offer nothing
    return chosen


def _page_data(request: HttpRequest, chosen: Listing, wallets: list[Wallet]) -> dict[str, object]:
    signed_in = request.user.is_authenticated
    trades = current_trades_of(_user_id(request)) if signed_in else []
    return {
        "instrument": wire_market.listing(chosen),
        "signed_in": signed_in,
        "restrictions": _restrictions(request) if signed_in else [],
        "wallets": [wire_ledger.wallet(wallet) for wallet in wallets],
        "trades": [wire_trades.flash_trade(trade) for trade in trades],
    }


def _restrictions(request: HttpRequest) -> list[dict[str, str]]:
    """People's own restrictions, each with its code, and the time from or until which it closes the ticket."""
    found = restrictions_on(_user_id(request), now=timezone.now())
    listed = []
    if found.exclusion:
        listed.append({"code": found.exclusion.refusal().code, "until": write_instant(found.exclusion.ends_at)})
    ends_at = found.session_ends_at(session_started_at(request.session))
    if ends_at:
        listed.append({"code": SessionLimitReached.code, "from": write_instant(ends_at)})
    return listed


def _wallets(request: HttpRequest) -> list[Wallet]:
    if not request.user.is_authenticated:
        return []
    return wallets_of(_user_id(request))


def _user_id(request: HttpRequest) -> int:
    if request.user.pk is None:
        raise PermissionDenied
    return request.user.pk
