"""Staff pages of instruments: terms and caps of future trades, and status."""

from typing import Any

import pghistory
from django.contrib import admin, messages
from django.contrib.postgres.fields import ArrayField
from django.db.models import Model
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from accounts.admin import Audited, Exported, columns
from accounts.admin.numbers import PLAIN_NUMBERS
from accounts.admin.refusals import changed_text
from accounts.domain.approvals.made_from import mark_of
from accounts.domain.approvals.work import ChangedMeanwhile
from trading.admin.exposure import exposure
from trading.admin.instrument_form import DurationsField, InstrumentForm
from trading.admin.payouts import change_link
from trading.admin.statuses import status, why
from trading.domain.payouts import break_even, house_edge
from trading.domain.terms import Status
from trading.models import Instrument, PayoutVersion
from trading.services.instruments.change_instrument import TERMS, change_instrument, terms_of

VERSIONS_SHOWN = 10
READ = (
    *("symbol", "standing", "status_reason", "status_reason_ko", "since", "payout", "stakes", "durations_shown"),
    *("cap", "bucket_cap", "open_trades_max", "staked_cap", "stake_window_seconds", "smallest_step", "venues_min"),
    *("tradable",),
)
"""The fields for those who may not change them."""

MADE_FROM = "made_from"
"""The field with the mark of the terms that the page showed."""

ONE_SAVE = {"show_save_and_continue": False, "show_save_and_add_another": False}


@admin.register(Instrument)
class InstrumentAdmin(Exported, Audited):
    form = InstrumentForm
    formfield_overrides = {**PLAIN_NUMBERS, ArrayField: {"form_class": DurationsField}}
    change_list_template = "admin/instruments.html"
    change_form_template = "admin/instrument.html"
    list_display = ("symbol", "standing", "why", "payout", "stakes", "cap", "bucket_cap")
    list_filter = ("status",)
    actions = None
    has_subtitle = True
    empty_value_display = columns.NOTHING

    def get_urls(self) -> list[URLPattern]:
        own = [("exposure/", exposure, "trading_exposure"), ("status/", status, "trading_status")]
        pages = [path(route, self.admin_site.admin_view(view), name=name) for route, view, name in own]
        return [*pages, *super().get_urls()]

    @admin.display(description=_("status"), ordering="status")
    def standing(self, instrument: Instrument) -> str:
        return columns.badge(instrument.get_status_display(), care=instrument.status != Status.OPEN)

    @admin.display(description=_("stakes per trader and window"))
    def staked_cap(self, instrument: Instrument) -> str:
        return columns.money(instrument.staked_max, instrument.currency)

    @admin.display(description=_("durations in seconds"))
    def durations_shown(self, instrument: Instrument) -> str:
        return ", ".join(map(str, instrument.durations))

    @admin.display(description=_("status since"))
    def since(self, instrument: Instrument) -> str:
        return columns.instant(instrument.status_since)

    @admin.display(description=_("pip"))
    def smallest_step(self, instrument: Instrument) -> str:
        return columns.number(instrument.pip)

    @admin.display(description=_("reason of the status"))
    def why(self, instrument: Instrument) -> str:
        return why(instrument) or columns.NOTHING

    @admin.display(description=_("stakes"))
    def stakes(self, instrument: Instrument) -> str:
        return format_html(
            "{} – {}",
            columns.money(instrument.stake_min, instrument.currency),
            columns.money(instrument.stake_max, instrument.currency),
        )

    @admin.display(description=_("liability cap"))
    def cap(self, instrument: Instrument) -> str:
        return columns.money(instrument.liability_max, instrument.currency)

    @admin.display(description=_("liability cap per expiry minute"))
    def bucket_cap(self, instrument: Instrument) -> str:
        return columns.money(instrument.bucket_liability_max, instrument.currency)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        versions = PayoutVersion.objects.filter(instrument_id=object_id) if object_id.isdigit() else ()
        rows = versions.select_related("made_by").order_by("-version")[:VERSIONS_SHOWN] if versions else []
        shown = [{"row": row, "edge": house_edge(row.rate), "even": break_even(row.rate)} for row in rows]
        instrument = self.get_object(request, object_id)
        made_from = request.POST.get(MADE_FROM) or (mark_of(terms_of(instrument)) if instrument else "")
        more = {**ONE_SAVE, "versions": shown, MADE_FROM: made_from}
        return super().change_view(request, object_id, form_url, {**more, **(extra_context or {})})

    @admin.display(description=_("payout rate"))
    def payout(self, instrument: Instrument) -> str:
        return change_link(instrument)

    def get_readonly_fields(self, request: HttpRequest, obj: Instrument | None = None) -> tuple[str, ...]:
        # Existing prices and trades are written in these units. A person who could raise `venues_min` for a moment
        # could stop the index then, and void the trades that expire in it. The status changes by the actions, which ask
        # for a reason and tell the traders.
        if not self.has_change_permission(request, obj):
            return READ
        settled = ("symbol", "currency", "smallest_step", "venues_min", "tradable", "standing") if obj else ()
        return (*settled, "status_reason", "status_reason_ko", "since", *(("payout",) if obj else ()))

    def save_model(self, request: HttpRequest, obj: Instrument, form: Any, change: bool) -> None:
        changed = [name for name in form.changed_data if name != "reason"]
        with pghistory.context(reason=form.cleaned_data["reason"]):
            if change:
                change_instrument(obj, changed=changed, made_from=request.POST.get(MADE_FROM))
            else:
                obj.save()

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except ChangedMeanwhile:
            messages.error(request, changed_text(Instrument._meta.db_table, object_id, TERMS))
            return HttpResponseRedirect(request.get_full_path())  # the page anew, with the terms of this moment

    def get_fields(self, request: HttpRequest, obj: Instrument | None = None) -> list[Any]:
        """The reason comes last, behind the fields that it explains. Those who only read see money in its places."""
        if obj and not self.has_change_permission(request, obj):
            return list(READ)
        hidden = {"reason", "status_since", *(("pip", "status") if obj else ())}
        names = [str(name) for name in super().get_fields(request, obj) if name not in hidden]
        return [*names, "reason"]

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False
