"""Staff pages of payouts: every version so far, and the form for the next one."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.admin import Audited, ReadOnlyAdmin, columns
from accounts.admin.refusals import decided_text
from accounts.domain.approvals.made_from import mark_of
from accounts.domain.approvals.work import ChangedMeanwhile
from accounts.domain.errors import InvalidInput
from accounts.domain.notation import write_decimal
from accounts.selectors.people.person import id_of
from trading.admin.payout_form import Change, PayoutForm, changes
from trading.domain.payouts import Payouts, break_even, house_edge
from trading.models import Instrument, PayoutVersion
from trading.selectors.listings import listings_by_symbol
from trading.selectors.payouts import replaced_by, versions_to_come
from trading.services.instruments.change_payout import change_payout, newest_of

SAVE = "save"
"""The step that makes the version; every other one only shows what it would change."""


@admin.register(PayoutVersion)
class PayoutVersionAdmin(Audited, ReadOnlyAdmin):
    page_title = _("version of the payouts")
    list_display = (
        "instrument", "version", "pays", "lines", "edge", "even", "skew", "begins", "made_by", "reason",
    )  # fmt: skip
    fields = (*list_display, "least_edge", "made")
    readonly_fields = ("pays", "lines", "edge", "even", "skew", "begins", "least_edge", "made")
    list_filter = ("instrument",)
    list_select_related = ("instrument", "made_by")
    ordering = ("-id",)

    @admin.display(description=_("payout rate"))
    def pays(self, version: PayoutVersion) -> str:
        return columns.percent(version.rate)

    @admin.display(description=_("house edge"))
    def edge(self, version: PayoutVersion) -> str:
        return columns.percent(house_edge(version.rate))

    @admin.display(description=_("break-even"))
    def even(self, version: PayoutVersion) -> str:
        return columns.percent(break_even(version.rate))

    @admin.display(description=_("skew"))
    def skew(self, version: PayoutVersion) -> str:
        return columns.percent(version.skew_max) if version.skew_max else columns.NOTHING

    @admin.display(description=_("least house edge"))
    def least_edge(self, version: PayoutVersion) -> str:
        return columns.percent(version.edge_min)

    @admin.display(description=_("in force from"))
    def begins(self, version: PayoutVersion) -> str:
        return columns.instant(version.effective_from)

    @admin.display(description=_("made at"))
    def made(self, version: PayoutVersion) -> str:
        return columns.instant(version.made_at)

    @admin.display(description=_("rates of single durations"))
    def lines(self, version: PayoutVersion) -> str:
        return ", ".join(_lines(version.payouts)) or columns.NOTHING

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
        instrument = Instrument.objects.get(symbol=symbol)
        looked_at: list[Change] = []
        if request.method == "POST" and form.is_valid():
            if request.POST.get("step") == SAVE:
                if self._change(request, symbol, form):
                    return HttpResponseRedirect(reverse("admin:trading_payoutversion_changelist"))
                if not form.errors:
                    return HttpResponseRedirect(request.get_full_path())  # the page anew, with the last version
            elif _is_sound(form):
                looked_at = changes(in_force, form.payouts(), instrument.durations)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": gettext("Change payout"),
            "form": form,
            "symbol": symbol,
            "symbols": symbols,
            "version": in_force.version,
            "made_from": request.POST.get("made_from") or mark_of(newest_of(_last(instrument))),
            "to_come": versions_to_come(instrument.pk, now),
            "changes": looked_at,
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
                made_from=request.POST.get("made_from"),
            )
        except ChangedMeanwhile:
            last = _last(Instrument.objects.get(symbol=symbol))
            if last is not None:
                state = gettext("{symbol}: version {version}").format(symbol=symbol, version=last.version)
                messages.error(request, decided_text(state, last.made_by, last.made_at))
            return False
        except InvalidInput as refusal:
            for fault in refusal.fields:
                form.add_error(fault.field, gettext(fault.message))
            return False
        text = gettext("{symbol}: version {version} is scheduled for {time}.")
        since = columns.instant_text(made.effective_from)
        said = [text.format(symbol=symbol, version=made.version, time=since)]
        for replaced in replaced_by(made):
            said.append(gettext("It replaces the scheduled version: {version}.").format(version=replaced))
        messages.success(request, " ".join(said))
        return True


def _last(instrument: Instrument) -> PayoutVersion | None:
    return PayoutVersion.objects.filter(instrument=instrument).select_related("made_by").order_by("-version").first()


def _is_sound(form: PayoutForm) -> bool:
    """Whether staff may offer these payouts; else the form says why not."""
    try:
        form.payouts().check()
    except InvalidInput as refusal:
        for fault in refusal.fields:
            form.add_error(fault.field, gettext(fault.message))
        return False
    return True


def change_link(instrument: Instrument) -> str:
    """The rate in force as a link to the form for the next version; a dash for an instrument that isn't traded."""
    if not instrument.tradable:
        return "–"
    payouts = listings_by_symbol([instrument.symbol], timezone.now())[instrument.symbol].payouts
    address = f"{reverse('admin:trading_payoutversion_add')}?instrument={instrument.symbol}"
    rates = sorted({payouts.base(seconds) for seconds in instrument.durations} or {payouts.rate})
    ends = rates if len(rates) < 2 else (rates[0], rates[-1])
    return format_html('<a href="{}">{} %</a>', address, "–".join(write_decimal(100 * rate) for rate in ends))


def _initial(payouts: Payouts) -> dict[str, object]:
    numbers = {name: getattr(payouts, name) for name in ("rate", "rate_skew_max", "rate_skew_scale", "edge_min")}
    written = {name: write_decimal(number) for name, number in numbers.items() if number is not None}
    return {**written, "rates": "\n".join(_lines(payouts))}


def _lines(payouts: Payouts) -> list[str]:
    return [f"{seconds}: {write_decimal(rate)}" for seconds, rate in sorted(payouts.rates.items())]
