"""The pages to create and revoke API keys."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

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

from accounts.domain.access.api_keys import NAME_LENGTH_MAX, key_terms
from accounts.domain.access.scopes import (
    API_KEYS_MAX,
    Scope,
    SecondFactorNotSet,
    SecondFactorRequired,
    SecondFactorWrong,
)
from accounts.domain.errors import InvalidInput, Refusal
from accounts.models import ApiKey, User
from accounts.selectors.access.api_keys import key_of, keys_of, live_keys
from accounts.selectors.access.guards import has_second_factor
from accounts.selectors.access.trading_stops import trading_stop_of
from accounts.services.access.allow_trading import allow_trading
from accounts.services.access.confirm_person import confirm_owner, confirm_person
from accounts.services.access.keys.make_api_key import MadeKey, make_api_key
from accounts.services.access.keys.revoke_all_api_keys import revoke_all_api_keys
from accounts.services.access.keys.revoke_api_key import revoke_api_key
from accounts.services.access.stop_trading import stop_trading

SCOPES = [
    (Scope.READ, _("Read: wallets, trades, streams")),
    (Scope.TRADE, _("Trade: place orders")),
    (Scope.WITHDRAW, _("Withdraw: ask for payouts")),
]
LIVES = [("30", _("30 days")), ("90", _("90 days")), ("365", _("1 year")), ("", _("Never"))]
MODES = [("bearer", _("Sends its secret with each request")), ("hmac", _("Signs each request (HMAC): safer"))]
MESSAGES = {
    "name": _("1 to 60 characters, please."),
    "scopes": _("Choose permissions for the key."),
    "password": _("The password is wrong."),
    "networks": _("These are no addresses or networks: 192.0.2.7, 192.0.2.0/24, 2001:db8::/32. At most 20."),
}


class CodeForm(forms.Form):
    """Asks for a code only if the user has a second factor."""

    has_factor: bool

    code = forms.CharField(
        label=_("Code of your app, or a recovery code"),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )

    def __init__(self, user: User, data: Any = None) -> None:
        super().__init__(data)
        self.has_factor = has_second_factor(user)
        self.fields.pop("password" if self.has_factor else "code", None)

    def refuse(self, refusal: Refusal) -> None:
        """Shows a refusal at its field."""
        if isinstance(refusal, InvalidInput) and "password" in self.fields:
            self.add_error("password", MESSAGES["password"])
            return
        about_code = isinstance(refusal, SecondFactorRequired | SecondFactorWrong) and "code" in self.fields
        self.add_error("code" if about_code else None, gettext(refusal.title))


class KeyForm(CodeForm):
    name = forms.CharField(
        label=_("Name"), max_length=NAME_LENGTH_MAX, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    scopes = forms.MultipleChoiceField(
        label=_("It may"),
        choices=SCOPES,
        initial=[Scope.READ],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": MESSAGES["scopes"]},
    )
    networks = forms.CharField(
        label=_("Only from these addresses"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false", "autocapitalize": "off"}),
        help_text=_("Addresses or networks, one a line. Empty: from everywhere."),
    )
    life = forms.ChoiceField(label=_("Expires after"), choices=LIVES, initial="90", required=False)
    mode = forms.ChoiceField(label=_("Authentication"), choices=MODES, initial="bearer", widget=forms.RadioSelect)
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        max_length=1000,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    field_order = ("name", "scopes", "mode", "networks", "life", "code", "password")

    def __init__(self, user: User, data: Any = None, *, now: datetime) -> None:
        super().__init__(user, data)
        self.now = now

    def clean(self) -> None:
        """Reports all faults at once: the domain checks the values that the fields accept."""
        super().clean()
        given, life = self.cleaned_data, self.cleaned_data.get("life")
        try:
            self.terms = key_terms(
                name=given.get("name", "any"),
                scopes=given.get("scopes", [Scope.READ]),
                networks=given.get("networks", "").split(),
                expires_at=self.now + timedelta(days=int(life)) if life else None,
                signs=given.get("mode") == "hmac",
                now=self.now,
            )
        except InvalidInput as refusal:
            for fault in refusal.fields:
                self.add_error(fault.field, MESSAGES[fault.field])
        if Scope.WITHDRAW in given.get("scopes", []) and not self.has_factor:
            self.add_error("scopes", gettext(SecondFactorNotSet.title))


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def keys(request: HttpRequest) -> HttpResponse:
    """Shows all keys and the form for a new one. Only the response to the form contains the new secret."""
    user, now = _user(request), timezone.now()
    form = KeyForm(user, request.POST if request.method == "POST" else None, now=now)
    if form.is_valid() and (made := _made(request, user, form, now)):
        return render(request, "accounts/keys/made.html", {"area": "keys", "key": made.key, "secret": made.secret})
    context = {
        "area": "keys",
        "form": form,
        "keys": [
            {"it": key, "scopes": _scopes(key.scopes), "live": _is_live(key.expires_at, now)}
            for key in keys_of(user.pk)
        ],
        "stop": trading_stop_of(user.pk),
        "left": API_KEYS_MAX - live_keys(user.pk, now).count(),
        "now": now,
    }
    return render(request, "accounts/keys/keys.html", context)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def revoke(request: HttpRequest, key_id: int) -> HttpResponse:
    """Asks for confirmation, then revokes the key."""
    user = _user(request)
    key = key_of(user.pk, key_id)
    if key is None:
        raise Http404(key_id)
    return _revoke(request, [key], lambda now: revoke_api_key(user_id=user.pk, key_id=key_id, now=now))


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def revoke_all(request: HttpRequest) -> HttpResponse:
    """Asks for confirmation, then revokes every key."""
    user = _user(request)
    return _revoke(request, keys_of(user.pk), lambda now: revoke_all_api_keys(user_id=user.pk, now=now))


@login_required
@require_POST
def stop(request: HttpRequest) -> HttpResponse:
    """The kill switch."""
    stop_trading(user_id=_user(request).pk, key_id=None, clock=timezone.now)
    messages.success(request, gettext("Stopped: no key trades until you allow it again."))
    return redirect("api_keys")


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def allow(request: HttpRequest) -> HttpResponse:
    """Asks for confirmation, then lets the keys trade again."""
    user, now = _user(request), timezone.now()
    form = CodeForm(user, request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            confirm_person(user=user, code=form.cleaned_data.get("code"), now=now)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            allow_trading(user_id=user.pk)
            messages.success(request, gettext("Your keys may trade again."))
            return redirect("api_keys")
    return render(request, "accounts/keys/allow.html", {"area": "keys", "form": form})


def _revoke(request: HttpRequest, ending: list[ApiKey], end: Callable[[datetime], object]) -> HttpResponse:
    user, now = _user(request), timezone.now()
    form = CodeForm(user, request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            confirm_person(user=user, code=form.cleaned_data.get("code"), now=now)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            end(now)
            messages.success(request, gettext("Revoked."))
            return redirect("api_keys")
    return render(request, "accounts/keys/revoke.html", {"area": "keys", "keys": ending, "form": form})


def _made(request: HttpRequest, user: User, form: KeyForm, now: datetime) -> MadeKey | None:
    code, password = form.cleaned_data.get("code"), form.cleaned_data.get("password")
    try:
        confirm_owner(user=user, code=code, password=password, now=now)
        return make_api_key(user_id=user.pk, terms=form.terms, session_key=request.session.session_key, now=now)
    except Refusal as refusal:
        form.refuse(refusal)
    return None


def _scopes(scopes: list[str]) -> str:
    words = {Scope.READ: gettext("read"), Scope.TRADE: gettext("trade"), Scope.WITHDRAW: gettext("withdraw")}
    return ", ".join(words[Scope(scope)] for scope in scopes)


def _is_live(expires_at: datetime | None, now: datetime) -> bool:
    return expires_at is None or expires_at > now


def _user(request: HttpRequest) -> User:
    if not isinstance(request.user, User):
        raise TypeError("a visitor has no keys")
    return request.user
