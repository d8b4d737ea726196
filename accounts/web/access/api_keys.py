"""The pages to create and revoke API keys."""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.domain.access.key_limits import LIMITS
from accounts.domain.access.scopes import API_KEYS_MAX, Scope
from accounts.domain.errors import Refusal
from accounts.domain.notation import write_decimal
from accounts.models import ApiKey, User
from accounts.selectors.access.api_keys import key_of, keys_of, live_keys
from accounts.selectors.access.trading_stops import trading_stop_of
from accounts.services.access.allow_trading import allow_trading
from accounts.services.access.confirm_person import confirm_owner, confirm_person
from accounts.services.access.keys.make_api_key import MadeKey, make_api_key
from accounts.services.access.keys.revoke_all_api_keys import revoke_all_api_keys
from accounts.services.access.keys.revoke_api_key import revoke_api_key
from accounts.services.access.stop_trading import stop_trading
from accounts.web.access.key_forms import CodeForm, KeyForm


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
            {"it": key, "scopes": _scopes(key.scopes), "live": _is_live(key.expires_at, now), "limits": _limits(key)}
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
def allow(request: HttpRequest, key_id: int | None = None) -> HttpResponse:
    """Asks for confirmation, then lets all keys trade again, or one."""
    user, now = _user(request), timezone.now()
    key = None if key_id is None else key_of(user.pk, key_id)
    if key is None and key_id is not None:
        raise Http404(key_id)
    form = CodeForm(user, request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            confirm_person(user=user, code=form.cleaned_data.get("code"), now=now)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            allow_trading(user_id=user.pk, key_id=key_id)
            told = gettext("Your keys may trade again.") if key is None else gettext("The key may trade again.")
            messages.success(request, told)
            return redirect("api_keys")
    return render(request, "accounts/keys/allow.html", {"area": "keys", "form": form, "key": key})


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


def _limits(key: ApiKey) -> list[dict[str, object]]:
    fields = KeyForm.base_fields
    found = [(fields[name].label, getattr(key, name)) for name in LIMITS]
    return [{"label": label, "most": write_decimal(Decimal(most))} for label, most in found if most is not None]


def _scopes(scopes: list[str]) -> str:
    words = {Scope.READ: gettext("read"), Scope.TRADE: gettext("trade"), Scope.WITHDRAW: gettext("withdraw")}
    return ", ".join(words[Scope(scope)] for scope in scopes)


def _is_live(expires_at: datetime | None, now: datetime) -> bool:
    return expires_at is None or expires_at > now


def _user(request: HttpRequest) -> User:
    if not isinstance(request.user, User):
        raise TypeError("a visitor has no keys")
    return request.user
