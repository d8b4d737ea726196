"""Days that people enter in forms: whole days of their own time zone."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

DAY_MIN, DAY_MAX = date(1971, 1, 1), date(9998, 12, 31)
"""The day after the last is a valid date in every time zone."""


class DayField(forms.DateField):
    """A day, or None. Another text, or a day out of all reason, is an error at the field."""

    default_error_messages = {"invalid": _("A date is required, like 2026-01-31.")}

    def __init__(self, **options: Any) -> None:
        super().__init__(required=False, widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"), **options)

    def clean(self, value: object) -> date | None:
        day: date | None = super().clean(value)
        if day is not None and not DAY_MIN <= day <= DAY_MAX:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return day


def in_order(since: date | None, until: date | None) -> None:
    """Raises ValidationError when the last day is before the first one."""
    if since and until and until < since:
        raise forms.ValidationError(_("This day is before the first one."))


def beginning(day: date | None) -> datetime | None:
    """The first instant of a day in the reader's time zone."""
    return timezone.make_aware(datetime.combine(day, time())) if day else None


def end(day: date | None) -> datetime | None:
    """The first instant after a day in the reader's time zone."""
    return beginning(day + timedelta(days=1)) if day else None
