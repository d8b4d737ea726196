"""The pages to deposit real money."""

from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.domain.cashier.real_money import DepositRequest, DepositState, Provider
from accounts.domain.errors import InvalidInput, Refusal
from accounts.models import Deposit
from accounts.selectors.cashier.real_money import (
    Allowance,
    allowances_of,
    currencies_closed,
    deposit_of,
    deposits_of,
    terms_of,
)
from accounts.selectors.ledger.wallets import wallets_of
from accounts.selectors.limits.restrictions import restrictions_on
from accounts.services.cashier.open_deposit import open_deposit
from accounts.services.cashier.submit_deposit import submit_deposit
from accounts.web.cashier.amounts import AmountField, shown
from accounts.web.cashier.movements import PAGE_SIZE, Line, TermsShown, before_of, explain, user_of
from accounts.web.cashier.qr import qr_code


class DepositForm(forms.Form):
    """`key` names this one deposit: a form that is sent twice opens one."""

    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)
    currency = forms.ChoiceField(label=_("Currency"))
    amount = AmountField()

    def __init__(self, allowances: list[Allowance], data: Any = None, currency: str | None = None) -> None:
        super().__init__(data, initial={"currency": currency})
        self.fields["currency"].choices = [(each.terms.currency, each.terms.currency) for each in allowances]  # type: ignore[attr-defined]


class NoteForm(forms.Form):
    note = forms.CharField(
        label=_("How staff find your payment"),
        max_length=200,
        help_text=_("For example the sender's name and the time, or the transaction's id."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def deposit(request: HttpRequest) -> HttpResponse:
    """Shows the form for a deposit and all earlier deposits."""
    user, now = user_of(request), timezone.now()
    allowances = [allowance for allowance in allowances_of(user.pk, now) if allowance.takes_deposits]
    wallets = {str(wallet.id): wallet.currency for wallet in wallets_of(user.pk)}
    posted = request.POST if request.method == "POST" else None
    form = DepositForm(allowances, posted, currency=wallets.get(request.GET.get("wallet", "")))
    if form.is_valid():
        given = form.cleaned_data
        wanted = DepositRequest(user.pk, str(given["key"]), given["currency"], given["amount"])
        try:
            return redirect("deposit", open_deposit(wanted, now=now).deposit.pk)
        except Refusal as refusal:
            explain(form, refusal)
    found = deposits_of(user.pk, before=before_of(request), limit=PAGE_SIZE + 1)
    context = {
        "area": "deposit",
        "kind": "deposit",
        "exclusion": restrictions_on(user.pk, now=now).exclusion,
        "closed": currencies_closed(user.pk, [allowance.terms.currency for allowance in allowances]),
        "form": form,
        "terms": [TermsShown.of_deposits(allowance) for allowance in allowances],
        "has_fee": any(allowance.terms.deposit_fee for allowance in allowances),
        "lines": [Line.of(each) for each in found[:PAGE_SIZE]],
        "older": found[PAGE_SIZE - 1].pk if len(found) > PAGE_SIZE else None,
    }
    return render(request, "accounts/wallet/deposit.html", context)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def deposit_detail(request: HttpRequest, deposit_id: UUID) -> HttpResponse:
    """Shows one deposit: payment instructions, state, and the form to say "I have paid"."""
    user = user_of(request)
    found = deposit_of(user.pk, deposit_id)
    if found is None:
        raise Http404(deposit_id)
    form = NoteForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            submit_deposit(deposit_id=found.pk, user_id=user.pk, note=form.cleaned_data["note"])
            return redirect("deposit", found.pk)
        except InvalidInput:
            form.add_error("note", _("1 to 200 printable characters, please."))
        except Refusal as refusal:
            explain(form, refusal)
    return render(request, "accounts/wallet/deposit_detail.html", _detail(found) | {"form": form})


def _detail(deposit: Deposit) -> dict[str, object]:
    terms, waits = terms_of(deposit.currency), deposit.state == DepositState.REQUESTED
    by_hand = deposit.provider == Provider.MANUAL
    return {
        "area": "deposit",
        "deposit": deposit,
        "failed": deposit.state in (DepositState.REFUSED, DepositState.EXPIRED),
        "amount": shown(deposit.amount, deposit.currency),
        "fee": shown(deposit.fee, deposit.currency) if deposit.fee else "",
        "arrives": shown(deposit.amount - deposit.fee, deposit.currency),
        "instructions": terms.deposit_instructions if terms and waits and by_hand else "",
        "may_submit": waits and by_hand,
        "checkout_url": deposit.checkout_url if waits else "",
        "qr": qr_code(deposit.checkout_url) if waits and deposit.checkout_url else "",
    }
