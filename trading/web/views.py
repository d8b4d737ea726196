"""The market's pages at their first paint. The stream updates them."""

from datetime import datetime, timedelta

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.selectors.ledger.wallets import Wallet
from accounts.selectors.people.person import id_of
from accounts.web.ledger.books import chosen_wallet
from accounts.web.present import WalletShown
from accounts.wire import ledger as wire_ledger
from trading.domain.candles import Interval
from trading.domain.errors import UnknownInstrument
from trading.selectors.history import opening_prices
from trading.selectors.listings import Listing, listing, listings
from trading.selectors.trades import current_trades_of
from trading.web.page_state import page_state, wallets_seen
from trading.web.present import InstrumentShown, IntervalShown, duration_text, durations_shown
from trading.web.states import STATES
from trading.wire import market as wire_market
from trading.wire import trades as wire_trades

INTERVALS = (Interval.SECOND, Interval.FIVE_SECONDS, Interval.MINUTE, Interval.FIVE_MINUTES, Interval.QUARTER)
"""Of the chart's points and candles."""

AMOUNTS = ["10", "50", "100", "500"]
CHANGE_SPAN = timedelta(hours=1)
"""The watch list shows the change over this time: the longest trade lasts as long."""


@require_safe
@never_cache
def trade(request: HttpRequest, symbol: str | None = None) -> HttpResponse:
    """One instrument: its chart, the ticket, and the trader's own trades."""
    now = timezone.now()
    listed = listings(now)
    chosen = _choose(listed, symbol, now)
    openings = opening_prices([each.instrument.pk for each in listed], since=now - CHANGE_SPAN)
    wallets = wallets_seen(request)
    in_use = chosen_wallet(request, wallets, chosen.instrument.currency)
    context = {
        "page": "trade",
        "instrument": InstrumentShown.of(chosen),
        "instruments": [InstrumentShown.of(each, openings.get(each.instrument.pk)) for each in listed],
        "durations": durations_shown(chosen),
        "intervals": [IntervalShown(each.seconds, duration_text(each.seconds)) for each in INTERVALS],
        "amounts": AMOUNTS,
        "states": STATES,
        "page_data": _page_data(request, chosen, wallets),
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
    trades = current_trades_of(id_of(request.user)) if signed_in else []
    return {
        "instrument": wire_market.listing(chosen),
        "signed_in": signed_in,
        "state": page_state(request, chosen, wallets),
        "wallets": [wire_ledger.wallet(wallet) for wallet in wallets],
        "trades": [wire_trades.flash_trade(trade) for trade in trades],
    }
