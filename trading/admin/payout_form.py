"""The form for the next version of an instrument's payouts, and what it would change."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.admin.numbers import PlainDecimalField
from accounts.admin.typed_times import time_like
from accounts.domain.errors import mark
from accounts.domain.notation import parse_typed_decimal
from trading.domain.payouts import Payouts, break_even, house_edge


class RatesField(forms.CharField):
    """Lines like "3600: 0.80": the rates of these durations."""

    widget = forms.Textarea(attrs={"rows": 4, "class": "vLargeTextField"})

    def to_python(self, value: Any) -> dict[int, Decimal]:  # type: ignore[override]
        rates: dict[int, Decimal] = {}
        for line in filter(str.strip, str(value or "").splitlines()):
            seconds, _colon, rate = (part.strip() for part in line.partition(":"))
            known = parse_typed_decimal(rate)
            if known is None or not (seconds.isascii() and seconds.isdigit() and 0 < len(seconds) < 6):
                raise ValidationError(_("One line for each duration, like 3600: 0.80"))
            if int(seconds) in rates:
                raise ValidationError(_("Each duration may appear once."))
            rates[int(seconds)] = known
        return rates


class PayoutForm(forms.Form):
    """The form for the next version."""

    rate = PlainDecimalField(label=_("Payout rate"), max_digits=5, decimal_places=4)
    rates = RatesField(
        label=_("Rates of single durations"), required=False, help_text=_("Seconds and rate, a line each: 3600: 0.80")
    )
    rate_skew_max = PlainDecimalField(
        label=_("Largest skew"),
        max_digits=5,
        decimal_places=4,
        help_text=_("The most that the heavier side's rate falls and the other side's rises. 0: no change."),
    )
    rate_skew_scale = PlainDecimalField(
        label=_("Imbalance of the largest skew"),
        required=False,
        max_digits=20,
        decimal_places=2,
        help_text=_("Liability on one side less that on the other. It is only counted where liability has a cap."),
    )
    edge_min = PlainDecimalField(
        label=_("Least house edge"),
        max_digits=5,
        decimal_places=4,
        help_text=_("0.025 allows rates up to 0.95, skew included."),
    )
    effective_from = forms.DateTimeField(
        label=_("In force from"), required=False, help_text=time_like(mark("Empty: in 10 seconds."))
    )
    reason = forms.CharField(
        label=_("Reason"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("It is kept for ever."),
    )

    def payouts(self) -> Payouts:
        """The typed payouts."""
        data = self.cleaned_data
        return Payouts(0, data["rate"], data["rates"], data["rate_skew_max"], data["rate_skew_scale"], data["edge_min"])


@dataclass(frozen=True, slots=True)
class Change:
    """What a version changes for one duration: the rate, and what follows from it for the house and the trader."""

    seconds: int
    before: Decimal
    after: Decimal

    @property
    def edges(self) -> tuple[Decimal, Decimal]:
        """The house's edge, before and after."""
        return house_edge(self.before), house_edge(self.after)

    @property
    def evens(self) -> tuple[Decimal, Decimal]:
        """The share of trades that a trader has to win, before and after."""
        return break_even(self.before), break_even(self.after)

    @property
    def is_none(self) -> bool:
        return self.before == self.after


def changes(now: Payouts, then: Payouts, durations: Sequence[int]) -> list[Change]:
    """The change of each duration."""
    return [Change(seconds, now.base(seconds), then.base(seconds)) for seconds in sorted(durations)]
