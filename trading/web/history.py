"""The trader's history page, with its filters, totals and export. Filters work without scripts, and stay."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.domain.notation import parse_id
from accounts.rest.files import stream_file
from accounts.selectors.people.person import id_of
from accounts.web.days import DayField, beginning, end, in_order
from trading.selectors.listings import tradable_symbols
from trading.selectors.past.totals import COUNTED_MAX, totals_of
from trading.selectors.trades import TradeFilter, trades_of
from trading.web.history_export import csv_text
from trading.web.present import TotalsShown, TradeShown, outcome_names

PAGE_SIZE = 50
BOOKS = [("demo", _("Demo")), ("real", pgettext_lazy("money", "Real"))]


class HistoryForm(forms.Form):
    """Empty fields filter nothing. An invalid choice shows an error at its field."""

    instrument = forms.ChoiceField(label=_("Instrument"), required=False)
    outcome = forms.ChoiceField(label=_("Outcome"), required=False)
    book = forms.ChoiceField(label=_("Wallet"), required=False)
    since = DayField(label=_("From"))
    until = DayField(label=_("To"))

    def __init__(self, data: dict[str, str], symbols: list[str]) -> None:
        super().__init__(data)
        choices: dict[str, list[tuple[str, Any]]] = {
            "instrument": [(each, each) for each in symbols],
            "outcome": outcome_names(),
            "book": BOOKS,
        }
        for name, listed in choices.items():
            field = self.fields[name]
            if isinstance(field, forms.ChoiceField):
                field.choices = [("", _("All")), *listed]

    def clean_until(self) -> object:
        in_order(self.cleaned_data.get("since"), self.cleaned_data["until"])
        return self.cleaned_data["until"]

    def wanted(self) -> TradeFilter:
        """The chosen filters; days are whole days of the reader's time zone, the last one included."""
        given = self.cleaned_data
        demo = given["book"] == "demo" if given["book"] else None
        days = beginning(given["since"]), end(given["until"])
        return TradeFilter(given["instrument"] or None, given["outcome"] or None, demo, *days)


@login_required
@require_safe
@never_cache
def history(request: HttpRequest) -> HttpResponse:
    """Newest first, in pages: `?before=` is the last id of the page above. Invalid filters show no trades."""
    user_id, before = id_of(request.user), _before(request)
    given, form = _filters(request)
    wanted = form.wanted() if form.is_valid() else None
    trades = trades_of(user_id, before=before, limit=PAGE_SIZE + 1, wanted=wanted) if wanted else []
    totals = totals_of(user_id, wanted) if wanted and before is None else []
    context = {
        "page": "history",
        "form": form,
        "is_filtered": bool(given),
        "trades": [TradeShown.of(trade) for trade in trades[:PAGE_SIZE]],
        "totals": [TotalsShown.of(each) for each in totals],
        "counted_max": COUNTED_MAX if sum(each.trades for each in totals) == COUNTED_MAX else None,
        "newest": urlencode(given),
        "older": urlencode(given | {"before": trades[PAGE_SIZE - 1].id}) if len(trades) > PAGE_SIZE else None,
        "is_first_page": before is None,
    }
    return render(request, "trading/history.html", context)


@login_required
@require_safe
@never_cache
def export(request: HttpRequest) -> HttpResponseBase:
    """All trades under the same filters as CSV, newest first. Invalid filters show the page with their errors."""
    _given, form = _filters(request)
    if not form.is_valid():
        return history(request)
    text = csv_text(id_of(request.user), form.wanted())
    return stream_file(request, text, "text/csv; charset=utf-8", "trades.csv")


def _filters(request: HttpRequest) -> tuple[dict[str, str], HistoryForm]:
    given = {name: value for name in HistoryForm.base_fields if (value := request.GET.get(name))}
    return given, HistoryForm(given, tradable_symbols())


def _before(request: HttpRequest) -> UUID | None:
    text = request.GET.get("before")
    if text is None:
        return None
    before = parse_id(text)
    if before is None:
        raise Http404("no such page")
    return before
