"""The form for an instrument's terms. It shows each error at its field."""

from decimal import Decimal
from typing import Any

from django import forms
from django.contrib.postgres.forms import SimpleArrayField
from django.core.validators import MinValueValidator
from django.utils.translation import gettext_lazy as _

from accounts.admin.numbers import PlainIntegerField
from trading.domain.rules import RULES_NOW
from trading.domain.terms import Status
from trading.models.instrument import DURATION_MAX_SECONDS


class DurationsField(SimpleArrayField):
    """Whole seconds, separated by commas, each once."""

    default_error_messages = {"item_invalid": _("Duration %(nth)s:")}

    def __init__(self, base_field: forms.Field, **kwargs: Any) -> None:
        # The bounds of the model stand here, too: of a fault that only the model finds, the form shows no reason.
        least, most = RULES_NOW.duration_min_seconds, DURATION_MAX_SECONDS
        super().__init__(PlainIntegerField(min_value=least, max_value=most), **kwargs)

    def clean(self, value: Any) -> Any:
        durations = super().clean(value)
        if len(set(durations)) < len(durations):
            raise forms.ValidationError(_("Each duration may appear once."))
        return durations


class InstrumentForm(forms.ModelForm):  # type: ignore[type-arg]  # Django's own isn't generic
    reason = forms.CharField(
        label=_("Reason"),
        max_length=1000,
        help_text=_("The audit keeps it for ever."),
        widget=forms.Textarea({"rows": 2}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, least in (("pip", Decimal("0.00000001")), ("venues_min", 1)):
            if name in self.fields:  # only on the form of a new instrument
                self.fields[name].validators.append(MinValueValidator(least))

    def clean(self) -> dict[str, Any] | None:
        data = super().clean() or self.cleaned_data
        smallest, largest = data.get("stake_min"), data.get("stake_max")
        if smallest is not None and largest is not None and largest < smallest:
            self.add_error("stake_max", _("The largest stake is below the smallest."))
        if data.get("tradable") is False and data.get("status") != Status.RETIRED:
            self.add_error("status", _("An instrument that isn't tradable must be retired."))
        return data
