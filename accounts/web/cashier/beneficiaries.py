"""The pages to add and remove beneficiaries."""

from uuid import UUID

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

from accounts.domain.errors import InvalidInput, NotFound, Refusal
from accounts.selectors.access.guards import has_second_factor
from accounts.selectors.cashier.real_money import allowances_of, currencies_closed
from accounts.services.cashier.add_beneficiary import add_beneficiary
from accounts.services.cashier.remove_beneficiary import remove_beneficiary
from accounts.web.access.key_forms import CodeForm
from accounts.web.cashier.movements import user_of

FAULTS = {
    "label": _("1 to 60 printable characters, please."),
    "address": _("This is no address: check it letter by letter."),
    "currency": _("Choose a currency."),
}


class BeneficiaryForm(CodeForm):
    currency = forms.ChoiceField(label=_("Currency"))
    label = forms.CharField(
        label=_("Name"),
        max_length=60,
        help_text=_("For yourself, such as: my bank, cold wallet."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    address = forms.CharField(
        label=_("Address or account"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "autocapitalize": "off"}),
    )
    field_order = ("currency", "label", "address", "code")


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    """Shows and handles the form for a new beneficiary."""
    user = user_of(request)
    form = BeneficiaryForm(user, request.POST if request.method == "POST" else None)
    currencies = [allowance.terms.currency for allowance in allowances_of(user.pk, timezone.now())]
    form.fields["currency"].choices = [(each, each) for each in currencies]  # type: ignore[attr-defined]
    if form.is_valid():
        given = form.cleaned_data
        names = ("currency", "label", "address", "code")
        try:
            add_beneficiary(user_id=user.pk, now=timezone.now(), **{name: given.get(name) for name in names})  # type: ignore[arg-type]
        except InvalidInput as refusal:
            for fault in refusal.fields:
                form.add_error(fault.field, FAULTS[fault.field])
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, gettext("Added. Money may go there in 24 hours."))
            return redirect("withdrawals")
    context = {
        "area": "withdraw",
        "kind": "withdrawal",
        "closed": currencies_closed(user.pk, currencies),
        "terms": currencies,
        "form": form,
        "has_second_factor": has_second_factor(user),
    }
    return render(request, "accounts/wallet/beneficiary.html", context)


@login_required
@require_POST
def remove(request: HttpRequest, beneficiary_id: UUID) -> HttpResponse:
    """Removes a beneficiary."""
    try:
        remove_beneficiary(beneficiary_id=beneficiary_id, user_id=user_of(request).pk, now=timezone.now())
    except NotFound as refusal:
        raise Http404(beneficiary_id) from refusal
    messages.success(request, gettext("Removed."))
    return redirect("withdrawals")
