"""The receipts of one trade: on its page, and as a file to keep."""

from dataclasses import dataclass
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.selectors.people.person import id_of
from trading.domain.proof.receipts import digest_of
from trading.models import CloseOrder, FlashTrade
from trading.selectors.proof.proofs import close_orders_of
from trading.selectors.proof.receipts import stamp_of
from trading.selectors.trades import trade_of
from trading.wire.receipts import close_receipt_of, receipt_of


@dataclass(frozen=True, slots=True)
class ReceiptShown:
    """A receipt on the page; `close` is the close order that it accepts, None for the order itself."""

    number: int
    digest: str
    text: str
    close: CloseOrder | None


def receipts_shown(trade: FlashTrade) -> list[ReceiptShown]:
    """The receipts of the trade's order and of its close orders, in this order; none of what is older than receipts."""
    found = [_shown(trade, receipt_of(trade), None)]
    found += [_shown(order, close_receipt_of(order, trade), order) for order in close_orders_of(trade)]
    return [each for each in found if each is not None]


def _shown(row: FlashTrade | CloseOrder, text: str | None, close: CloseOrder | None) -> ReceiptShown | None:
    stamp = stamp_of(row)
    return ReceiptShown(stamp.number, digest_of(text), text, close) if stamp and text else None


@login_required
@require_safe
@never_cache
def receipts(request: HttpRequest, trade_id: UUID) -> HttpResponse:
    """The trade's receipts as a file to keep, one a line."""
    trade = trade_of(id_of(request.user), trade_id)
    found = receipts_shown(trade) if trade else []
    if not found:
        raise Http404(str(trade_id))
    name = f'attachment; filename="receipts-{trade_id}.txt"'
    content = "".join(f"{each.text}\n" for each in found)
    return HttpResponse(content, content_type="text/plain; charset=utf-8", headers={"Content-Disposition": name})
