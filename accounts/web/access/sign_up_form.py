"""Connects allauth's sign-up forms to our services."""

from typing import Any

from allauth.account.forms import SignupForm
from allauth.account.internal.flows.signup import prevent_enumeration
from allauth.headless.account.inputs import SignupInput
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.domain.errors import EmailTaken
from accounts.models import User
from accounts.services.people.register_trader import register_trader
from accounts.web.access.backend import SpellingValidator
from accounts.web.access.mailbox_forms import ReadsMailbox

MIN_LENGTH = SpellingValidator().min_length


class _OpensWallet(ReadsMailbox):
    """Opens a wallet at sign-up, as REST does. A known email gets the same response in the same time."""

    cleaned_data: dict[str, Any]
    password_field = "password1"  # noqa: S105

    def validate_unique_email(self, email: str) -> str:
        return email  # the database checks it, after the password has been hashed

    def try_save(self, request: HttpRequest) -> tuple[User | None, HttpResponse | None]:
        email = self.cleaned_data["email"]
        try:
            user = register_trader(
                email=email,
                password=self.cleaned_data[self.password_field],
                locale="ko" if get_language() == "ko" else "en",
                now=timezone.now(),
            )
        except EmailTaken:
            return None, prevent_enumeration(request, email=email)
        return user, None


class SignUpForm(_OpensWallet, SignupForm):  # type: ignore[misc]  # allauth has no types
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password1"].help_text = password_rule()


def password_rule() -> SafeString:
    """The one rule of a new password, for a person; `passwords.js` says while they type what is missing.

    The validators check the same, and that it is no common password nor like the email.
    """
    return format_html(
        '<p data-password-rule="{}" data-more="{}" data-digits="{}" data-fine="{}">{}</p>',
        MIN_LENGTH,
        _("Characters still missing: {n}"),
        _("Not only digits"),
        _("Long enough. A password that many people use is refused."),
        _("At least %(least)s characters, not only digits, and none that many people use.") % {"least": MIN_LENGTH},
    )


class SignUpInput(_OpensWallet, SignupInput):  # type: ignore[misc]
    password_field = "password"  # noqa: S105
