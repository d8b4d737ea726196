"""The page of a wallet's statement, with its filters and its exports."""

from datetime import date
from urllib.parse import urlencode

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.domain.ledger.statement import StatementFilter
from accounts.domain.ledger.transfers import TransferKind
from accounts.domain.notation import write_instant
from accounts.selectors.ledger.statement import statement_page
from accounts.selectors.ledger.wallets import Wallet, wallets_of
from accounts.selectors.people.person import id_of
from accounts.web.days import DayField, beginning, end, in_order
from accounts.web.ledger.books import chosen_wallet
from accounts.web.present import LineShown, WalletShown, kind_names

PAGE_SIZE = 50


class StatementForm(forms.Form):
    wallet = forms.TypedChoiceField(label=_("Wallet"), coerce=int)
    kind = forms.ChoiceField(label=_("Kind"), required=False)
    since = DayField(label=_("From"))
    until = DayField(label=_("To"))
    reference = forms.UUIDField(label=_("Reference"), required=False)

    def __init__(self, data: dict[str, str], wallets: list[Wallet]) -> None:
        super().__init__(data)
        self.fields["reference"].widget.attrs |= {"spellcheck": "false", "autocomplete": "off"}
        shown = [WalletShown.of(wallet) for wallet in wallets]
        choices: dict[str, list[tuple[object, str]]] = {
            "wallet": [(wallet.id, f"{wallet.currency} · {wallet.book}") for wallet in shown],
            "kind": [("", str(_("All"))), *kind_names().items()],
        }
        for name, listed in choices.items():
            field = self.fields[name]
            if isinstance(field, forms.ChoiceField):
                field.choices = listed

    def wanted(self) -> StatementFilter:
        """Returns the filter in whole days of the reader's time zone, the last day included."""
        given = self.cleaned_data
        return StatementFilter(
            TransferKind(given["kind"]) if given.get("kind") else None,
            beginning(given.get("since")),
            end(given.get("until")),
            given.get("reference"),
        )

    def clean_until(self) -> date | None:
        until: date | None = self.cleaned_data["until"]
        in_order(self.cleaned_data.get("since"), until)
        return until


@login_required
@never_cache
@require_safe
def statement(request: HttpRequest) -> HttpResponse:
    """Shows lines, newest first; `?before=` is the last id of the previous page. Wrong filters show no lines."""
    wallets = wallets_of(id_of(request.user))
    in_use = chosen_wallet(request, wallets)
    if in_use is None:
        raise Http404("no wallet")
    given = {"wallet": str(in_use.id)} | {name: str(value) for name, value in request.GET.items() if value}
    if given["wallet"] not in {str(wallet.id) for wallet in wallets}:
        raise Http404("no such wallet")
    form = StatementForm(given, wallets)
    is_valid = form.is_valid()
    wallet = next(wallet for wallet in wallets if str(wallet.id) == given["wallet"])
    wanted = form.wanted() if is_valid else StatementFilter()
    before = _before(request)
    lines = statement_page(wallet.id, wanted, before=before, limit=PAGE_SIZE + 1) if is_valid else []
    filters = {name: value for name, value in given.items() if name in form.fields}
    context = {
        "area": "wallet",
        "form": form,
        "shown": WalletShown.of(wallet),
        "lines": [LineShown.of(line, wallet.currency) for line in lines[:PAGE_SIZE]],
        "is_first_page": before is None,
        "newest": urlencode(filters),
        "older": urlencode(filters | {"before": lines[PAGE_SIZE - 1].entry.id}) if len(lines) > PAGE_SIZE else None,
        "export": _query(wanted),
    }
    return render(request, "accounts/wallet/statement.html", context)


def _query(wanted: StatementFilter) -> str:
    """Returns the same filters in the API's notation."""
    given = {
        "kind": wanted.kind,
        "since": write_instant(wanted.since) if wanted.since else None,
        "until": write_instant(wanted.until) if wanted.until else None,
        "reference": wanted.reference,
    }
    return urlencode({name: str(value) for name, value in given.items() if value is not None})


def _before(request: HttpRequest) -> int | None:
    text = request.GET.get("before")
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= 18):
        raise Http404("no such page")
    return int(text)
