"""One trade's page: the prices that decided it, and how to check that independently (rule 11)."""

from dataclasses import dataclass
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.contrib.humanize.templatetags.humanize import intcomma
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.domain.errors import NotFound
from accounts.selectors.people.person import id_of
from accounts.site import origin
from trading.domain.index import counted
from trading.domain.proof.days import day_of
from trading.domain.proof.proof import Purpose, Span
from trading.domain.rules import RULES_NOW
from trading.models import DailyDigest, FlashTrade, IndexPrice, Instrument
from trading.selectors.proof.digests import digests_of_days
from trading.selectors.proof.proofs import windows_of
from trading.selectors.trades import trade_of
from trading.services.proof.prove_trade import prove_trade
from trading.web.checks import MEANINGS, OF_TRADE
from trading.web.present import TradeShown
from trading.web.receipts import receipts_shown
from trading.web.seconds import address_of
from trading.wire import trades as wire_trades
from trading.wire.market import write_price


@dataclass(frozen=True, slots=True)
class PriceRow:
    """A price of a window; `decides` marks the entry price, the price of the sale, and the prices of the exit."""

    price: IndexPrice
    text: str
    venues: int
    decides: bool
    address: str
    """Of the page of its second."""


@dataclass(frozen=True, slots=True)
class WindowShown:
    purpose: str
    rows: list[PriceRow]
    digest: DailyDigest | None
    """The digest of the day in which the window ends, once it is published."""


@login_required
@require_safe
@never_cache
def result(request: HttpRequest, trade_id: UUID) -> HttpResponse:
    """Terms, outcome, the prices that decided it, and the proof to download."""
    trade = trade_of(id_of(request.user), trade_id)
    if trade is None:
        raise Http404(str(trade_id))
    is_settled = trade.state == FlashTrade.State.SETTLED
    context = {
        "page": "history",
        "trade": trade,
        "each": TradeShown.of(trade),
        "is_settled": is_settled,
        "receipts": receipts_shown(trade),
        "windows": _windows(trade) if is_settled else [],
        "site": origin(),
        "check_steps": OF_TRADE,
        "check_meanings": MEANINGS,
        "trade_data": {"trade": wire_trades.flash_trade(trade), "instrument": _charted(trade.instrument)},
    }
    return render(request, "trading/result.html", context)


@login_required
@require_safe
@never_cache
def proof(request: HttpRequest, trade_id: UUID) -> HttpResponse:
    """The signed proof as a file to keep."""
    try:
        proven = prove_trade(trade_id=trade_id, user_id=id_of(request.user), issuer=origin(), now=timezone.now())
    except NotFound as error:
        raise Http404(str(trade_id)) from error
    return as_file(proven.as_json(), trade_id)


def as_file(content: dict[str, object], trade_id: UUID) -> JsonResponse:
    """A proof to download."""
    name = f'attachment; filename="proof-{trade_id}.json"'
    return JsonResponse(content, headers={"Content-Disposition": name}, json_dumps_params={"indent": 1})


def _charted(instrument: Instrument) -> dict[str, object]:
    pip, age_max = write_price(instrument.pip, instrument.pip), int(RULES_NOW.price_age_max.total_seconds())
    return {"symbol": instrument.symbol, "pip": pip, "price_age_max_seconds": age_max}


def _windows(trade: FlashTrade) -> list[WindowShown]:
    windows = windows_of(trade)
    days = digests_of_days(trade.instrument, {day_of(span.until) for span, _ in windows})
    return [
        WindowShown(span.purpose, _rows(trade, span, prices), days.get(day_of(span.until))) for span, prices in windows
    ]


def _rows(trade: FlashTrade, span: Span, prices: list[IndexPrice]) -> list[PriceRow]:
    """In ascending time; before a sale in descending time, else the deciding price would be far down."""
    rows = [
        PriceRow(
            price,
            _text(price),
            len(counted(price.venues)),
            _decides(trade, span, price, prices),
            address_of(price.instrument.symbol, price.priced_at),
        )
        for price in prices
    ]
    return rows[::-1] if span.purpose is Purpose.SALE else rows


def _decides(trade: FlashTrade, span: Span, price: IndexPrice, prices: list[IndexPrice]) -> bool:
    if span.purpose is Purpose.ENTRY:
        entry = next((each for each in prices if each.priced_at >= trade.entry_at), None)
        return trade.entry_price is not None and price == entry
    if span.purpose is Purpose.SALE:
        return price.priced_at == trade.sold_priced_at
    if trade.exit_samples is None:
        return False
    counted = [each for each in prices if each.priced_at <= trade.expires_at][-trade.exit_samples :]
    return price in counted


def _text(price: IndexPrice) -> str:
    return str(intcomma(write_price(price.price, price.instrument.pip)))
