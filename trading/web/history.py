"""The trader's history page. Its filters work without scripts and stay from page to page."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.domain.notation import parse_id
from accounts.selectors.people.person import id_of
from trading.selectors.listings import tradable_symbols
from trading.selectors.trades import TradeFilter, trades_of
from trading.web.present import TradeShown, outcome_names

PAGE_SIZE = 50
BOOKS = [("demo", _("Demo")), ("real", pgettext_lazy("money", "Real"))]


class HistoryForm(forms.Form):
    """Empty fields filter nothing. An invalid choice shows an error at its field."""

    instrument = forms.ChoiceField(label=_("Instrument"), required=False)
    outcome = forms.ChoiceField(label=_("Outcome"), required=False)
    book = forms.ChoiceField(label=_("Wallet"), required=False)

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

    def wanted(self) -> TradeFilter:
        """The chosen filters."""
        given = self.cleaned_data
        demo = given["book"] == "demo" if given["book"] else None
        return TradeFilter(given["instrument"] or None, given["outcome"] or None, demo)


@login_required
@require_safe
@never_cache
def history(request: HttpRequest) -> HttpResponse:
    """Newest first, in pages: `?before=` is the last id of the page above. Invalid filters show no trades."""
    user_id, before = id_of(request.user), _before(request)
    given = {name: value for name in HistoryForm.base_fields if (value := request.GET.get(name))}
    form = HistoryForm(given, tradable_symbols())
    is_valid = form.is_valid()
    trades = trades_of(user_id, before=before, limit=PAGE_SIZE + 1, wanted=form.wanted()) if is_valid else []
    context = {
        "page": "history",
        "form": form,
        "is_filtered": bool(given),
        "trades": [TradeShown.of(trade) for trade in trades[:PAGE_SIZE]],
        "newest": urlencode(given),
        "older": urlencode(given | {"before": trades[PAGE_SIZE - 1].id}) if len(trades) > PAGE_SIZE else None,
        "is_first_page": before is None,
    }
    return render(request, "trading/history.html", context)


def _before(request: HttpRequest) -> UUID | None:
    text = request.GET.get("before")
    if text is None:
        return None
    before = parse_id(text)
    if before is None:
        raise Http404("no such page")
    return before
