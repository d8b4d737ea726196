"""Checks passwords at the entrance, and new ones, in their one spelling."""

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.auth.password_validation import MinimumLengthValidator
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.domain.access.passwords import ProhibitedCharacters, prepared
from accounts.domain.texts import LENGTH_MAX
from accounts.models import User


class PasswordBackend(AuthenticationBackend):  # type: ignore[misc]  # allauth has no types
    """Checks passwords in all their spellings."""

    def _mitigate_timing_attack(self, password: str) -> None:
        """Hashes as often for nobody as for a person, or the time would tell which emails have accounts."""
        nobody = User()
        nobody.set_unusable_password()
        nobody.check_password(password)


class SpellingValidator(MinimumLengthValidator):
    """Counts the letters of a new password as prepared: three letters typed as nine code points are no long one."""

    def validate(self, password: str, user: object = None) -> None:
        """Raises ValidationError for characters that RFC 8265 prohibits, for too few letters and for too many."""
        try:
            spelled = prepared(password)
        except ProhibitedCharacters as error:
            message = _("A password can't have control characters, invisible ones, or pictures joined from several.")
            raise ValidationError(message, code="prohibited_characters") from error
        super().validate(spelled)
        if len(password) > LENGTH_MAX:
            message = _("A password has at most %(most)s characters.")
            raise ValidationError(message, code="password_too_long", params={"most": LENGTH_MAX})
