"""Reads and writes amounts on pages."""

from decimal import Decimal

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.domain.notation import is_too_large, parse_typed_decimal
from accounts.web.present import money


def shown(amount: Decimal, currency: str) -> str:
    """Formats 1234.5 USDT as 1,234.50 USDT."""
    return f"{money(amount, currency)} {currency}"


class AmountField(forms.CharField):
    """A positive decimal."""

    def __init__(self, label: str | None = None) -> None:
        attributes = {"inputmode": "decimal", "autocomplete": "off"}
        super().__init__(label=label or _("Amount"), max_length=30, widget=forms.TextInput(attrs=attributes))

    def clean(self, value: object) -> Decimal:
        typed = super().clean(value)
        amount = parse_typed_decimal(typed)
        if is_too_large(typed.replace(",", "")):
            raise ValidationError(gettext("The amount is too large."))
        if amount is None or amount <= 0:
            raise ValidationError(gettext("Enter the amount as a number, like 100 or 12.50."))
        return amount
