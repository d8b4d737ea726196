"""allauth's forms that ask a signed-in person for the present password: they count its guesses, as all doors do."""

from typing import Any

from allauth.account.forms import ChangePasswordForm
from allauth.headless.account import inputs
from django.utils import timezone

from accounts.domain.errors import InvalidInput, TooManyAttempts
from accounts.models import User
from accounts.services.access.check_own_password import check_own_password
from accounts.web.access.adapter import AccountAdapter
from accounts.web.access.lock_told import lock_in_form


def checked_password(user: User, password: str) -> str:
    """Returns the present password. Raises ValidationError if it is wrong, or was guessed too often."""
    try:
        check_own_password(user=user, password=password, now=timezone.now())
    except InvalidInput as refusal:
        raise AccountAdapter().validation_error("enter_current_password") from refusal
    except TooManyAttempts as refusal:
        raise lock_in_form(refusal) from refusal
    return password


class ChangeOwnPasswordForm(ChangePasswordForm):  # type: ignore[misc]  # allauth has no types
    user: User
    cleaned_data: dict[str, Any]

    def clean_oldpassword(self) -> str:
        return checked_password(self.user, self.cleaned_data["oldpassword"])


class ChangePasswordInput(inputs.ChangePasswordInput):  # type: ignore[misc]
    user: User
    cleaned_data: dict[str, Any]

    def clean_current_password(self) -> str:
        return checked_password(self.user, self.cleaned_data["current_password"])
