"""Validates new passwords in their one spelling: three letters typed as nine code points are no long password."""

from django.contrib.auth.password_validation import MinimumLengthValidator
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.domain.access.passwords import ProhibitedCharacters, prepared


class SpellingValidator(MinimumLengthValidator):
    def validate(self, password: str, user: object = None) -> None:
        """Raises ValidationError for characters that RFC 8265 prohibits, and for too few letters."""
        try:
            spelled = prepared(password)
        except ProhibitedCharacters as error:
            message = _("A password can't have control characters, invisible ones, or pictures joined from several.")
            raise ValidationError(message, code="prohibited_characters") from error
        super().validate(spelled)
