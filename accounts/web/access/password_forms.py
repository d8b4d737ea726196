"""allauth's forms that ask for a new password, and for the present one, whose guesses they count as all doors do."""

from typing import Any

from allauth.account.forms import ChangePasswordForm, ResetPasswordKeyForm
from allauth.headless.account import inputs
from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.domain.errors import InvalidInput, TooManyAttempts
from accounts.models import User
from accounts.services.access.check_own_password import check_own_password
from accounts.web.access.adapter import AccountAdapter
from accounts.web.access.lock_told import lock_in_form
from accounts.web.access.sign_up_form import password_rule


def checked_password(user: User, password: str) -> str:
    """Returns the present password. Raises ValidationError if it is wrong, or was guessed too often."""
    try:
        check_own_password(user=user, password=password, now=timezone.now())
    except InvalidInput as refusal:
        raise AccountAdapter().validation_error("enter_current_password") from refusal
    except TooManyAttempts as refusal:
        raise lock_in_form(refusal) from refusal
    return password


class _TellsRule:
    """Has the one rule of a new password in the words of the sign-up."""

    fields: dict[str, forms.Field]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password1"].label = _("New password")
        self.fields["password1"].help_text = password_rule()
        self.fields["password2"].label = _("New password, again")


class ChangeOwnPasswordForm(_TellsRule, ChangePasswordForm):  # type: ignore[misc]  # allauth has no types
    user: User
    cleaned_data: dict[str, Any]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["oldpassword"].label = _("Present password")

    def clean_oldpassword(self) -> str:
        return checked_password(self.user, self.cleaned_data["oldpassword"])


class ChooseNewPasswordForm(_TellsRule, ResetPasswordKeyForm):  # type: ignore[misc]
    """That of a link in a mail."""


class ChangePasswordInput(inputs.ChangePasswordInput):  # type: ignore[misc]
    user: User
    cleaned_data: dict[str, Any]

    def clean_current_password(self) -> str:
        return checked_password(self.user, self.cleaned_data["current_password"])
