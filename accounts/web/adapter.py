"""Where allauth's pages meet our services."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import get_language

from accounts.models import User
from accounts.services.register_trader import register_trader


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """A sign-up in the browser opens a wallet just as one over REST does."""

    def save_user(self, request: HttpRequest, user: User, form: Any, commit: bool = True) -> User:
        return register_trader(
            email=form.cleaned_data["email"],
            password=form.cleaned_data["password1"],
            locale="ko" if get_language() == "ko" else "en",
            now=timezone.now(),
        )
