"""Staff pages of payouts: every version so far, and the form for the next one."""

from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Model
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.admin import Audited, ReadOnlyAdmin
from accounts.admin.numbers import PlainDecimalField
from accounts.domain.errors import InvalidInput
from accounts.domain.notation import parse_typed_decimal, write_decimal
from accounts.selectors.people.person import id_of
from trading.domain.payouts import Payouts
from trading.models import Instrument, PayoutVersion
from trading.selectors.listings import listings_by_symbol
from trading.selectors.payouts import replaced_by
from trading.services.instruments.change_payout import change_payout


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
        label=_("In force from (UTC)"), required=False, help_text=_("Empty: in 10 seconds. Like 2026-03-01 12:00")
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


@admin.register(PayoutVersion)
class PayoutVersionAdmin(Audited, ReadOnlyAdmin):
    list_display = (
        "instrument", "version", "rate", "lines", "skew_max", "skew_scale", "edge_min", "effective_from", "made_by",
    )  # fmt: skip
    list_filter = ("instrument",)
    list_select_related = ("instrument", "made_by")
    ordering = ("-id",)

    @admin.display(description=_("rates of single durations"))
    def lines(self, version: PayoutVersion) -> str:
        return ", ".join(_lines(version.payouts))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("trading.add_payoutversion")

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """`?instrument=` names the instrument. The form begins with the payouts in force."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        symbols = list(Instrument.objects.filter(tradable=True).values_list("symbol", flat=True))
        symbol = request.GET.get("instrument", symbols[0] if symbols else "")
        if symbol not in symbols:
            return HttpResponseRedirect(reverse("admin:trading_instrument_changelist"))
        now = timezone.now()
        in_force = listings_by_symbol([symbol], now)[symbol].payouts
        form = PayoutForm(request.POST if request.method == "POST" else None, initial=_initial(in_force))
        if request.method == "POST" and form.is_valid() and self._change(request, symbol, form):
            return HttpResponseRedirect(reverse("admin:trading_payoutversion_changelist"))
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": gettext("Change payout"),
            "form": form,
            "symbol": symbol,
            "symbols": symbols,
            "version": in_force.version,
        }
        return TemplateResponse(request, "admin/change_payout.html", context)

    def _change(self, request: HttpRequest, symbol: str, form: PayoutForm) -> bool:
        try:
            made = change_payout(
                symbol=symbol,
                payouts=form.payouts(),
                reason=form.cleaned_data["reason"],
                made_by=id_of(request.user),
                now=timezone.now(),
                effective_from=form.cleaned_data["effective_from"],
            )
        except InvalidInput as refusal:
            for fault in refusal.fields:
                form.add_error(fault.field, gettext(fault.message))
            return False
        text = gettext("{symbol}: version {version} is scheduled for {time} UTC.")
        since = f"{made.effective_from:%Y-%m-%d %H:%M:%S}"
        said = [text.format(symbol=symbol, version=made.version, time=since)]
        for replaced in replaced_by(made):
            said.append(gettext("It replaces the scheduled version: {version}.").format(version=replaced))
        messages.success(request, " ".join(said))
        return True


def change_link(instrument: Instrument) -> str:
    """The rate in force as a link to the form for the next version; a dash for an instrument that isn't traded."""
    if not instrument.tradable:
        return "–"
    payouts = listings_by_symbol([instrument.symbol], timezone.now())[instrument.symbol].payouts
    address = f"{reverse('admin:trading_payoutversion_add')}?instrument={instrument.symbol}"
    rates = sorted({payouts.base(seconds) for seconds in instrument.durations} or {payouts.rate})
    shown = "–".join(write_decimal(rate) for rate in (rates if len(rates) < 2 else (rates[0], rates[-1])))
    return format_html('<a href="{}">{}</a>', address, shown)


def _initial(payouts: Payouts) -> dict[str, object]:
    numbers = {name: getattr(payouts, name) for name in ("rate", "rate_skew_max", "rate_skew_scale", "edge_min")}
    written = {name: write_decimal(number) for name, number in numbers.items() if number is not None}
    return {**written, "rates": "\n".join(_lines(payouts))}


def _lines(payouts: Payouts) -> list[str]:
    return [f"{seconds}: {write_decimal(rate)}" for seconds, rate in sorted(payouts.rates.items())]
