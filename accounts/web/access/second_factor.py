"""Connects allauth's pages of authenticator apps, passkeys and recovery codes to our storage and rules."""

import struct
from collections.abc import Callable
from typing import Any, TypeVar

from allauth.core import context
from allauth.mfa import app_settings
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import (
    AddWebAuthnForm,
    AuthenticateWebAuthnForm,
    EditWebAuthnForm,
    LoginWebAuthnForm,
    ReauthenticateWebAuthnForm,
)
from django import forms
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.domain.access.codes import plain_code
from accounts.domain.access.scopes import LoginMethod
from accounts.domain.errors import Refusal, TooManyAttempts
from accounts.domain.texts import is_plain, plain
from accounts.metrics import LOGINS_REFUSED, LoginRefusal
from accounts.models import User
from accounts.sealing import seal, unseal
from accounts.selectors.access.second_factors import is_last_of_a_withdrawer, passkey_names
from accounts.services.access.check_second_factor import check_second_factor
from accounts.services.access.count_attempts import INSIDE, STRANGER
from accounts.services.access.record_login import record_login
from accounts.services.access.set_up_authenticator import require_no_app
from accounts.site import domain
from accounts.web.access.known_devices import known_device
from accounts.web.access.lock_told import lock_in_form

NAME_LENGTH_MAX = 60
T = TypeVar("T")


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth has no types
    """Stores seeds encrypted, and keeps the last second factor while an API key may withdraw."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "cannot_delete_authenticator": _("An API key of yours may withdraw money: revoke it first."),
    }

    def encrypt(self, text: str) -> str:
        return seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        return unseal(encrypted_text)

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        return not is_last_of_a_withdrawer(authenticator, now=timezone.now())

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """A passkey belongs to the site's domain. `make run` has none: there, to the host that the browser asked."""
        asked: dict[str, str] = super().get_public_key_credential_rp_entity()
        return {"id": domain() or asked["id"], "name": app_settings.TOTP_ISSUER}

    def generate_authenticator_name(self, user: User, type: str) -> str:
        return unique_name(user.pk, gettext("Passkey"))


class AuthenticateCodeForm(AuthenticateForm):  # type: ignore[misc]
    """The second step of signing in: a code of the app or a recovery code. A wrong code enters the login history."""

    def clean_code(self) -> str:
        request = context.request
        try:
            return _spend_code(self, known_device(request, self.user.pk) or STRANGER)
        except (forms.ValidationError, TooManyAttempts):
            LOGINS_REFUSED.labels(LoginRefusal.SECOND_FACTOR).inc()
            record_login(
                user_id=self.user.pk,
                method=LoginMethod.PASSWORD,
                succeeded=False,
                address=request.META.get("REMOTE_ADDR"),
                device=request.headers.get("User-Agent", ""),
                now=timezone.now(),
            )
            raise


class ReauthenticateCodeForm(ReauthenticateForm):  # type: ignore[misc]
    def clean_code(self) -> str:
        return _spend_code(self, INSIDE)


class ActivateAppForm(ActivateTOTPForm):  # type: ignore[misc]
    def clean_code(self) -> str:
        self.cleaned_data["code"] = plain_code(str(self.cleaned_data["code"]))
        require_no_app(self.user.pk)  # before the check of the code: the code belongs to another key than that app's
        return str(super().clean_code())


class AddPasskeyForm(AddWebAuthnForm):  # type: ignore[misc]
    """Adds a passkey that can sign in by itself. A name that is too long or taken is adjusted instead of refused."""

    name = forms.CharField(label=_("Name"), required=False, help_text=_("Such as the device it is on."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields.pop("passwordless", None)

    def clean_name(self) -> str:
        return unique_name(self.user.pk, super().clean_name())

    def clean(self) -> dict[str, Any]:
        return _read_untrusted(super().clean)


class AuthenticatePasskeyForm(AuthenticateWebAuthnForm):  # type: ignore[misc]
    def clean_credential(self) -> Authenticator:
        return _read_untrusted(super().clean_credential)


class LoginPasskeyForm(LoginWebAuthnForm):  # type: ignore[misc]
    def clean_credential(self) -> Authenticator:
        return _read_untrusted(super().clean_credential)


class ReauthenticatePasskeyForm(ReauthenticateWebAuthnForm):  # type: ignore[misc]
    def clean_credential(self) -> Authenticator:
        return _read_untrusted(super().clean_credential)


class EditPasskeyForm(EditWebAuthnForm):  # type: ignore[misc]
    name = forms.CharField(label=_("Name"), max_length=NAME_LENGTH_MAX)

    def clean_name(self) -> str:
        name = str(self.cleaned_data["name"])
        if not is_plain(name):
            raise forms.ValidationError(_("1 to 60 characters, please."))
        if name in passkey_names(self.instance.user_id, but=self.instance.pk):
            raise forms.ValidationError(_("Another passkey of yours has this name."))
        return name


def unique_name(user_id: int, wanted: str) -> str:
    """Returns the wanted name, cut to 60 characters, with a number if another passkey of the person has it."""
    taken = passkey_names(user_id)
    wanted = plain(wanted)[:NAME_LENGTH_MAX].strip() or gettext("Passkey")
    name, number = wanted, 2
    while name in taken:
        ending = f" {number}"
        name, number = wanted[: NAME_LENGTH_MAX - len(ending)] + ending, number + 1
    return name


def _spend_code(form: AuthenticateForm | ReauthenticateForm, place: str) -> str:
    """Counts and spends the code in the database, as everywhere; allauth would do both in Redis."""
    code = str(form.cleaned_data["code"])
    try:
        form.authenticator = check_second_factor(user=form.user, code=code, now=timezone.now(), place=place)
    except Refusal as refusal:
        if isinstance(refusal, TooManyAttempts):
            raise lock_in_form(refusal) from refusal
        raise forms.ValidationError(gettext(refusal.title)) from refusal
    form.authenticator.user = form.user
    return code


def _read_untrusted(read: Callable[[], T]) -> T:
    """Reads a credential. Anybody can forge one, and fido2 then fails with any of these errors."""
    try:
        return read()
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError, struct.error) as error:
        raise SecondFactorAdapter().validation_error("incorrect_code") from error
