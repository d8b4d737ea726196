"""The pages of people's own limits, time-outs and self-exclusion."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.domain.errors import InvalidInput
from accounts.domain.limits.exclusions import ExclusionKind, months_later
from accounts.domain.limits.limit_changes import read_limit_changes
from accounts.domain.mailbox import mailbox_if_any
from accounts.selectors.access.sessions import session_started_at
from accounts.selectors.ledger.wallets import Wallet, wallets_of
from accounts.selectors.limits.own_limits import own_exclusions
from accounts.selectors.people.person import id_of, person
from accounts.services.limits.self_exclude import self_exclude
from accounts.services.limits.set_trading_limits import set_trading_limits
from accounts.services.limits.take_time_out import take_time_out
from trading.selectors.limits import limits_standing
from trading.web.limits_shown import LimitTable, changes_in, fields_in_error, limit_tables

TIME_OUTS = [
    (24, _("1 day")), (72, _("3 days")), (168, _("1 week")),
    (336, _("2 weeks")), (672, _("4 weeks")), (1008, _("6 weeks")),
]  # fmt: skip
SELF_EXCLUSIONS = [(6, _("6 months")), (12, _("1 year")), (24, _("2 years")), (36, _("3 years")), (60, _("5 years"))]


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def limits(request: HttpRequest) -> HttpResponse:
    """All limits of every wallet with their use; a form for each wallet, and one for the session."""
    now, user_id = timezone.now(), id_of(request.user)
    standing = limits_standing(user_id, session_started_at=session_started_at(request.session), now=now)
    wallets = sorted(wallets_of(user_id), key=lambda wallet: not wallet.demo)
    faulty: set[str] = set()
    if request.method == "POST":
        names, changes = changes_in(request.POST, standing)
        faulty = _set(request, wallets, names, changes, now)
        if not faulty:
            return redirect("limits")
    tables = limit_tables(wallets, standing, typed=request.POST, faulty=faulty)
    return render(request, "trading/limits/limits.html", _context(request, tables, now))


def _set(
    request: HttpRequest, wallets: Sequence[Wallet], names: list[str], changes: list[dict[str, object]], now: datetime
) -> set[str]:
    """Set the changed limits. Returns the names of the invalid fields, and then nothing is set."""
    if not changes:
        return set()
    known = {(wallet.currency, wallet.demo) for wallet in wallets}
    try:
        set_trading_limits(user_id=id_of(request.user), changes=read_limit_changes(changes, wallets=known), now=now)
    except InvalidInput as refusal:
        return fields_in_error(refusal, names) or set(names)
    messages.success(request, gettext("Saved. A lower limit holds now, a higher one in 24 hours."))
    return set()


def _context(request: HttpRequest, tables: list[LimitTable], now: datetime) -> dict[str, object]:
    user_id = id_of(request.user)
    return {
        "area": "limits",
        "tables": tables,
        "exclusion": next(iter(own_exclusions(user_id, now=now)), None),
        "reality_check_minutes": person(user_id).settings.reality_check_minutes,
        "time_outs": TIME_OUTS,
        "self_exclusions": SELF_EXCLUSIONS,
    }


class ConfirmTimeOut(forms.Form):
    understood = forms.BooleanField(label=_("I know that nobody can end this early."))


class ConfirmSelfExclusion(ConfirmTimeOut):
    confirmation = forms.CharField(
        label=_("Type your email address to confirm"),
        max_length=254,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
        error_messages={"invalid": _("This is not the email address of this account.")},
    )

    def __init__(self, *args: object, email: str, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.email = email

    def clean_confirmation(self) -> str:
        typed = mailbox_if_any(str(self.cleaned_data["confirmation"]))
        if typed != self.email:
            raise forms.ValidationError(self.fields["confirmation"].error_messages["invalid"])
        return typed


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def time_out(request: HttpRequest) -> HttpResponse:
    """The consequences of a time-out of `?hours=`, and the button that starts it; without, where they are chosen."""
    if request.method != "POST" and "hours" not in request.GET:
        return redirect(reverse("limits") + "#time-out")
    now, hours = timezone.now(), _chosen(request, "hours", [hours for hours, _text in TIME_OUTS])
    form = ConfirmTimeOut(request.POST or None)
    if form.is_valid():
        take_time_out(user_id=id_of(request.user), hours=hours, clock=timezone.now)
        return redirect("limits")
    return _confirm(request, form, ExclusionKind.TIME_OUT, now + timedelta(hours=hours))


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def self_exclusion(request: HttpRequest) -> HttpResponse:
    """The consequences of a self-exclusion of `?months=`, and the form to confirm it; without, their choice."""
    if request.method != "POST" and "months" not in request.GET:
        return redirect(reverse("limits") + "#self-exclusion")
    now, months = timezone.now(), _chosen(request, "months", [months for months, _text in SELF_EXCLUSIONS])
    form = ConfirmSelfExclusion(request.POST or None, email=person(id_of(request.user)).email)
    if form.is_valid():
        self_exclude(user_id=id_of(request.user), months=months, clock=timezone.now)
        return redirect("limits")
    return _confirm(request, form, ExclusionKind.SELF_EXCLUSION, months_later(now, months))


def _chosen(request: HttpRequest, name: str, offered: list[int]) -> int:
    """The length in the address, which the page before offered. Raises Http404 for any other."""
    chosen = {str(each): each for each in offered}.get(request.GET.get(name, ""))
    if chosen is None:
        raise Http404(f"no such {name}")
    return chosen


def _confirm(request: HttpRequest, form: forms.Form, kind: ExclusionKind, ends_at: datetime) -> HttpResponse:
    context = {"area": "limits", "form": form, "kind": kind, "ends_at": ends_at}
    return render(request, "trading/limits/confirm.html", context)
