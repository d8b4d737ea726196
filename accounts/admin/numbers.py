"""Number fields for staff forms. They accept the same notation as the rest of the platform."""

from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models

from accounts.domain.notation import parse_typed_decimal


class PlainNumberInput(forms.TextInput):
    """A plain text field: a number field drops some separators before we see them, so that 1,50 would arrive as 150."""

    def __init__(self, attrs: Any = None) -> None:
        super().__init__({"autocomplete": "off", **(attrs or {})})


AMOUNT_MAX = Decimal(10**12) - 1
"""The largest whole number that the tables store."""


class _Plain:
    """Accepts plain notation only. Python and Django also read "1_0", "1e3" and the digits of all scripts."""

    widget = PlainNumberInput

    def to_python(self, value: Any) -> Any:
        text = "" if value is None else str(value).strip()
        typed = parse_typed_decimal(text)
        if text and typed is None:
            raise ValidationError(self.error_messages["invalid"], code="invalid")  # type: ignore[attr-defined]
        return super().to_python(text if typed is None else format(typed, "f"))  # type: ignore[misc]


class PlainDecimalField(_Plain, forms.DecimalField):
    """Reads a decimal like -0.25, below 10^12 unless the form sets another bound."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"max_value": AMOUNT_MAX, **kwargs})


class PlainIntegerField(_Plain, forms.IntegerField):
    """Reads a whole number like 15."""


PLAIN_NUMBERS: dict[Any, Any] = {
    models.DecimalField: {"form_class": PlainDecimalField, "widget": PlainNumberInput},
    models.IntegerField: {"form_class": PlainIntegerField, "widget": PlainNumberInput},
}
"""Goes into `formfield_overrides`."""
