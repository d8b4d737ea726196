"""allauth's doors for apps, under `_allauth/app/v1/`: sign up, sign in, second factors, passkeys.

Only the doors that keep our rules are mounted. Left out: email change, login by code, phones, and the doors that our
REST API has itself (new tokens by `auth/refresh`, the list of sessions).
"""

import json
from codecs import BOM_UTF8
from collections.abc import Callable
from functools import partial, wraps
from typing import Any

from allauth.account.internal.flows.reauthentication import raise_if_reauthentication_required
from allauth.headless.account import views as account
from allauth.headless.base.views import APIView, ConfigView
from allauth.headless.constants import Client
from allauth.headless.internal.restkit.inputs import Input
from allauth.headless.mfa import views as mfa
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path

from accounts.domain.errors import FieldError, InvalidInput, duplicate_field
from accounts.domain.json_text import NotJson, RepeatedMember, read_json
from accounts.domain.texts import storable
from accounts.rest.doors import check_parameters
from accounts.selectors.people.person import id_of
from accounts.services.access.set_up_authenticator import set_up_authenticator
from accounts.web.access.mailbox_forms import LoginMailboxInput, ResetMailboxInput
from accounts.web.access.password_forms import ChangePasswordInput
from accounts.web.access.second_factor import (
    ActivateAppForm,
    AddPasskeyForm,
    AuthenticateCodeForm,
    AuthenticatePasskeyForm,
    LoginPasskeyForm,
    ReauthenticateCodeForm,
    ReauthenticatePasskeyForm,
)
from accounts.web.access.sign_up_form import SignUpInput

Door = Callable[..., HttpResponseBase]


def _input(form: type) -> type:
    """Returns the page's form as an input for JSON."""
    return type(f"{form.__name__}Input", (form, Input), {})


class SignUp(account.SignupView):  # type: ignore[misc]  # allauth has no types
    input_class = {"POST": SignUpInput}


class Login(account.LoginView):  # type: ignore[misc]
    input_class = LoginMailboxInput


class RequestPasswordReset(account.RequestPasswordResetView):  # type: ignore[misc]
    input_class = ResetMailboxInput


class Authenticate(mfa.AuthenticateView):  # type: ignore[misc]
    input_class = _input(AuthenticateCodeForm)


class Reauthenticate(mfa.ReauthenticateView):  # type: ignore[misc]
    input_class = _input(ReauthenticateCodeForm)


class ManageApp(mfa.ManageTOTPView):  # type: ignore[misc]
    input_class = {"POST": _input(ActivateAppForm)}

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """The secret of a new app is for the person, not for the holder of a stolen session."""
        if self._get_authenticator() is None:
            raise_if_reauthentication_required(request, app="allauth.mfa")
        response: HttpResponseBase = super().get(request, *args, **kwargs)
        return response

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        activate: Callable[[], HttpResponseBase] = partial(super().post, request, *args, **kwargs)
        return set_up_authenticator(user_id=id_of(request.user), activate=activate)


class ChangePassword(account.ChangePasswordView):  # type: ignore[misc]
    input_class = ChangePasswordInput


class AuthenticatePasskey(mfa.AuthenticateWebAuthnView):  # type: ignore[misc]
    input_class = {"POST": _input(AuthenticatePasskeyForm)}


class ReauthenticatePasskey(mfa.ReauthenticateWebAuthnView):  # type: ignore[misc]
    input_class = {"POST": _input(ReauthenticatePasskeyForm)}


class LoginPasskey(mfa.LoginWebAuthnView):  # type: ignore[misc]
    input_class = {"POST": _input(LoginPasskeyForm)}


class Passkeys(mfa.ManageWebAuthnView):  # type: ignore[misc]
    input_class = mfa.ManageWebAuthnView.input_class | {"POST": _input(AddPasskeyForm)}


VIEWS: dict[str, type[APIView]] = {
    "config": ConfigView,
    "auth/session": account.SessionView,
    "auth/signup": SignUp,
    "auth/login": Login,
    "auth/reauthenticate": account.ReauthenticateView,
    "auth/email/verify": account.VerifyEmailView,
    "auth/password/request": RequestPasswordReset,
    "auth/password/reset": account.ResetPasswordView,
    "auth/2fa/authenticate": Authenticate,
    "auth/2fa/reauthenticate": Reauthenticate,
    "auth/webauthn/authenticate": AuthenticatePasskey,
    "auth/webauthn/reauthenticate": ReauthenticatePasskey,
    "auth/webauthn/login": LoginPasskey,
    "account/password/change": ChangePassword,
    "account/authenticators": mfa.AuthenticatorsView,
    "account/authenticators/totp": ManageApp,
    "account/authenticators/recovery-codes": mfa.ManageRecoveryCodesView,
    "account/authenticators/webauthn": Passkeys,
}


NO_TEXTS = {"credential", "authenticators", "id", "passwordless", "remember"}
"""The members that aren't strings."""


def check_texts(body: object) -> None:
    """Raises InvalidInput for a number, for example, in the place of a string: allauth would make a text of it."""
    members = body.items() if isinstance(body, dict) else ()
    wrong = [name for name, value in members if name not in NO_TEXTS and not isinstance(value, str | None)]
    if wrong:
        raise InvalidInput(fields=tuple(FieldError(name, "invalid", "a string is required") for name in wrong[:20]))


def strict(view: Door) -> Door:
    """Refuses query parameters, which no door here reads, repeated members, and text that no database or hash can take.

    Here allauth reads the body, and not our inputs.
    """

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        check_parameters(request.GET, frozenset())
        try:
            read = read_json(request.body or b"null", parse_fraction=float)
            told = json.dumps(read, ensure_ascii=False)
        except RepeatedMember as error:
            raise InvalidInput(fields=(duplicate_field(error.name),)) from error
        except NotJson as error:
            raise InvalidInput("The body is not valid JSON") from error
        if not storable(told) or "\\u0000" in told:
            raise InvalidInput("The body has invalid characters")
        check_texts(read)
        request._body = request.body.removeprefix(BOM_UTF8)  # allauth's own reader takes no byte order mark
        return view(request, *args, **kwargs)

    return guarded


urlpatterns: list[URLPattern] = [
    path(f"_allauth/app/v1/{address}", strict(view.as_api_view(client=Client.APP))) for address, view in VIEWS.items()
]
