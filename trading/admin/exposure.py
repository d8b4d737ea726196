"""Staff page: the amount that the house could lose at this moment. Read-only."""

from dataclasses import dataclass
from decimal import Decimal

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.admin import columns
from accounts.domain.money import write_money
from trading.selectors.exposure import BookExposure, Exposure, exposures


@dataclass(frozen=True, slots=True)
class Line:
    """An exposure as printed text; `cap_used` is empty without a cap."""

    label: str
    trades: int
    amounts: list[str]
    cap: str
    cap_used: str

    @classmethod
    def of(cls, label: str, exposure: Exposure, cap: Decimal | None, currency: str) -> "Line":
        sums = (
            exposure.up,
            exposure.down,
            exposure.up_liability,
            exposure.down_liability,
            exposure.liability,
            exposure.worst,
        )
        return cls(
            label,
            exposure.trades,
            [columns.grouped(write_money(amount, currency)) for amount in sums],
            "" if cap is None else columns.grouped(write_money(cap, currency)),
            "" if not cap else f"{100 * exposure.liability / cap:.1f} %",
        )


@dataclass(frozen=True, slots=True)
class Book:
    """One table of the page: the total, then a line for each minute of expiry."""

    title: str
    lines: list[Line]

    @classmethod
    def of(cls, book: BookExposure) -> "Book":
        name = _("demo") if book.demo else _("real")
        total = Line.of(_("in all"), book.total, book.liability_max, book.currency)
        buckets = [
            Line.of(columns.instant_text(bucket), exposure, book.bucket_liability_max, book.currency)
            for bucket, exposure in book.buckets
        ]
        return cls(f"{book.symbol} · {name} · {book.currency}", [total, *buckets])


def exposure(request: HttpRequest) -> HttpResponse:
    """Stakes, liability and worst case of all open trades; for staff who may see them."""
    if not request.user.has_perm("trading.view_exposure"):
        raise PermissionDenied
    context = {
        **admin.site.each_context(request),
        "title": _("Exposure"),
        "books": [Book.of(book) for book in exposures()],
        "now": timezone.now(),
    }
    return TemplateResponse(request, "admin/exposure.html", context)
