"""The security page: an overview of an account's protection."""

from collections.abc import Callable
from functools import partial
from textwrap import wrap
from typing import Any

from allauth.mfa.totp.views import ActivateTOTPView
from allauth.mfa.webauthn.internal.auth import begin_registration
from allauth.mfa.webauthn.views import AddWebAuthnView
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from django.views.generic.edit import FormView

from accounts.selectors.access.second_factors import second_factors_of
from accounts.selectors.people.person import id_of
from accounts.services.access.set_up_authenticator import set_up_authenticator
from accounts.web.access.second_factor import ActivateAppForm


@login_required
@never_cache
@require_safe
def security(request: HttpRequest) -> HttpResponse:
    """Shows password, second factors, devices and logins, with the possible changes."""
    context = {"area": "security", "factors": second_factors_of(id_of(request.user))}
    return render(request, "accounts/security/security.html", context)


class AddPasskey(AddWebAuthnView):  # type: ignore[misc]  # allauth has no types
    """Asks for a passkey that is stored in its device and verifies its user: it can sign in by itself."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = FormView.get_context_data(self, **kwargs)
        return context | {"js_data": {"creation_options": begin_registration(self.request.user, True)}}


class SetUpApp(ActivateTOTPView):  # type: ignore[misc]
    """Shows the key in groups of four, because some people type it."""

    def form_valid(self, form: ActivateAppForm) -> HttpResponse:
        activate: Callable[[], HttpResponse] = partial(super().form_valid, form)
        return set_up_authenticator(user_id=id_of(self.request.user), activate=activate)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return context | {"secret_in_groups": " ".join(wrap(context["form"].secret, 4))}
