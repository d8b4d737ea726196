"""The pages to withdraw real money."""

from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.domain.access.scopes import SecondFactorRequired, SecondFactorWrong
from accounts.domain.cashier.real_money import InsufficientForWithdrawal, WithdrawalRequest
from accounts.domain.errors import NotFound, Refusal
from accounts.models import Beneficiary
from accounts.selectors.access.guards import has_second_factor
from accounts.selectors.cashier.real_money import (
    Allowance,
    allowances_of,
    beneficiaries_of,
    currencies_closed,
    withdrawals_of,
)
from accounts.selectors.ledger.wallets import wallets_of
from accounts.services.cashier.cancel_withdrawal import cancel_withdrawal
from accounts.services.cashier.request_withdrawal import request_withdrawal
from accounts.web.cashier.amounts import AmountField, shown
from accounts.web.cashier.movements import PAGE_SIZE, Line, TermsShown, before_of, explain, user_of


class WithdrawalForm(forms.Form):
    """The first page takes beneficiary and amount, the second the code. A form that is sent twice makes one (`key`)."""

    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)
    beneficiary = forms.ChoiceField(label=_("Beneficiary"))
    amount = AmountField()
    code = forms.CharField(
        label=_("Code of your app, or a recovery code"),
        max_length=20,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )

    def __init__(self, beneficiaries: list[Beneficiary], data: Any = None) -> None:
        super().__init__(data)
        self.usable = {str(each.pk): each for each in beneficiaries}
        choices = [(key, f"{each.label} · {each.currency} · …{each.address[-6:]}") for key, each in self.usable.items()]
        self.fields["beneficiary"].choices = choices  # type: ignore[attr-defined]

    @property
    def chosen(self) -> Beneficiary:
        return self.usable[self.cleaned_data["beneficiary"]]


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest) -> HttpResponse:
    """Shows the form for a withdrawal, its second page with the sums and the code, and all earlier withdrawals."""
    user, now = user_of(request), timezone.now()
    known = allowances_of(user.pk, now)
    allowances = [allowance for allowance in known if allowance.terms.withdrawals_open]
    currencies = {allowance.terms.currency for allowance in allowances}
    beneficiaries = beneficiaries_of(user.pk)
    usable = [each for each in beneficiaries if each.usable_from <= now and each.currency in currencies]
    form = WithdrawalForm(usable, request.POST if request.method == "POST" else None)
    if form.is_valid() and (answer := _confirmed(request, form, allowances)):
        return answer
    found = withdrawals_of(user.pk, before=before_of(request), limit=PAGE_SIZE + 1)
    context = {
        "area": "withdraw",
        "kind": "withdrawal",
        "closed": currencies_closed(user.pk, currencies),
        "form": form,
        "terms": [TermsShown.of_withdrawals(allowance) for allowance in allowances],
        "has_fee": any(allowance.terms.withdrawal_fee for allowance in allowances),
        "available": _available(user.pk, currencies),
        "usable": usable,
        "beneficiaries": beneficiaries,
        "may_add": bool(known) and has_second_factor(user),
        "now": now,
        "has_second_factor": has_second_factor(user),
        "lines": [Line.of(each) for each in found[:PAGE_SIZE]],
        "older": found[PAGE_SIZE - 1].pk if len(found) > PAGE_SIZE else None,
    }
    return render(request, "accounts/wallet/withdraw.html", context)


@login_required
@require_POST
def cancel(request: HttpRequest, withdrawal_id: UUID) -> HttpResponse:
    """Cancels a withdrawal."""
    try:
        cancel_withdrawal(withdrawal_id=withdrawal_id, user_id=user_of(request).pk, now=timezone.now())
        messages.success(request, gettext("Cancelled. The money is yours again."))
    except NotFound as refusal:
        raise Http404(withdrawal_id) from refusal
    except Refusal as refusal:
        messages.error(request, gettext(refusal.title))
    return redirect("withdrawals")


def _confirmed(request: HttpRequest, form: WithdrawalForm, allowances: list[Allowance]) -> HttpResponse | None:
    """Returns the response to a valid form: its second page, or the withdrawal. None: show the first page again."""
    given, user, now = form.cleaned_data, user_of(request), timezone.now()
    (allowance,) = [each for each in allowances if each.terms.currency == form.chosen.currency]
    try:
        if "confirmed" not in request.POST:
            _check(user.pk, allowance, given["amount"])
            return _second_page(request, form, allowance)
        wanted = WithdrawalRequest(user.pk, str(given["key"]), form.chosen.pk, given["amount"])
        request_withdrawal(wanted, code=given["code"], by_api_key=False, now=now)
    except (SecondFactorRequired, SecondFactorWrong) as refusal:
        form.add_error("code", gettext(refusal.title))
        return _second_page(request, form, allowance)
    except Refusal as refusal:
        explain(form, refusal)
        return None
    messages.success(
        request, gettext("Requested. The money is reserved; staff review the withdrawal before they pay it.")
    )
    return redirect("withdrawals")


def _check(user_id: int, allowance: Allowance, amount: Decimal) -> None:
    """Raises as the withdrawal would raise now, before the page asks for a code."""
    allowance.withdrawal.check(amount)
    currency, needed = allowance.terms.currency, amount + allowance.terms.withdrawal_fee
    wallets = [wallet for wallet in wallets_of(user_id) if (wallet.currency, wallet.demo) == (currency, False)]
    if not any(wallet.available >= needed for wallet in wallets):
        raise InsufficientForWithdrawal


def _second_page(request: HttpRequest, form: WithdrawalForm, allowance: Allowance) -> HttpResponse:
    currency, fee = form.chosen.currency, allowance.terms.withdrawal_fee
    arrives = AmountField().clean(form["amount"].value())
    context = {
        "area": "withdraw",
        "form": form,
        "beneficiary": form.usable[str(form["beneficiary"].value())],
        "arrives": shown(arrives, currency),
        "fee": shown(fee, currency),
        "leaves": shown(arrives + fee, currency),
    }
    return render(request, "accounts/wallet/withdraw_confirm.html", context)


def _available(user_id: int, currencies: set[str]) -> list[str]:
    """Returns the available amount in each of these real currencies."""
    wallets = [wallet for wallet in wallets_of(user_id) if not wallet.demo and wallet.currency in currencies]
    return [shown(wallet.available, wallet.currency) for wallet in wallets]
