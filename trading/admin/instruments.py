"""Staff pages of instruments: terms and caps of future trades, and status."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.helpers import ActionForm
from django.contrib.postgres.fields import ArrayField
from django.db.models import Model, QuerySet
from django.forms import CharField, TextInput
from django.http import HttpRequest
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from accounts.admin import Audited
from accounts.admin.numbers import PLAIN_NUMBERS
from accounts.domain.errors import InvalidInput
from trading.admin.exposure import exposure
from trading.admin.instrument_form import DurationsField, InstrumentForm
from trading.admin.payouts import change_link
from trading.domain.terms import Status
from trading.models import Instrument
from trading.models.instrument import STATUS_REASON_LENGTH_MAX
from trading.services.instruments.set_instrument_status import set_instrument_status


class StatusForm(ActionForm):
    """The reason field beside the choice of the action. Only opening needs no reason."""

    reason = CharField(
        label=_("Reason, which traders read:"),
        required=False,
        widget=TextInput(attrs={"maxlength": STATUS_REASON_LENGTH_MAX, "size": 50, "autocomplete": "off"}),
    )


@admin.register(Instrument)
class InstrumentAdmin(Audited):
    form = InstrumentForm
    formfield_overrides = {**PLAIN_NUMBERS, ArrayField: {"form_class": DurationsField}}
    change_list_template = "admin/instruments.html"
    list_display = (
        "symbol", "status", "status_reason", "payout", "stake_min", "stake_max", "liability_max",
        "bucket_liability_max",
    )  # fmt: skip
    list_filter = ("status",)
    action_form = StatusForm
    actions = ("open", "close_only", "pause", "retire")

    def get_urls(self) -> list[URLPattern]:
        return [path("exposure/", self.admin_site.admin_view(exposure), name="trading_exposure"), *super().get_urls()]

    @admin.display(description=_("payout rate"))
    def payout(self, instrument: Instrument) -> str:
        return change_link(instrument)

    def get_readonly_fields(self, request: HttpRequest, obj: Instrument | None = None) -> tuple[str, ...]:
        # Existing prices and trades are written in these units. A person who could raise `venues_min` for a moment
        # could stop the index then, and void the trades that expire in it. The status changes by the actions, which ask
        # for a reason and tell the traders.
        settled = ("symbol", "currency", "pip", "venues_min", "tradable", "status") if obj else ()
        return (*settled, "status_reason", "status_since", *(("payout",) if obj else ()))

    def save_model(self, request: HttpRequest, obj: Instrument, form: Any, change: bool) -> None:
        # Save only the changed fields: a status that a colleague sets at this moment stays.
        obj.save(update_fields=form.changed_data if change else None)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    @admin.action(description=_("Open the selected instruments"), permissions=["change"])
    def open(self, request: HttpRequest, chosen: QuerySet[Instrument]) -> None:
        self._set(request, chosen, Status.OPEN)

    @admin.action(description=_("Close the selected instruments for new trades"), permissions=["change"])
    def close_only(self, request: HttpRequest, chosen: QuerySet[Instrument]) -> None:
        self._set(request, chosen, Status.CLOSE_ONLY)

    @admin.action(
        description=_("Pause the selected instruments: no new trades, no early closing"), permissions=["change"]
    )
    def pause(self, request: HttpRequest, chosen: QuerySet[Instrument]) -> None:
        self._set(request, chosen, Status.PAUSED)

    @admin.action(description=_("Retire the selected instruments: no list shows them"), permissions=["change"])
    def retire(self, request: HttpRequest, chosen: QuerySet[Instrument]) -> None:
        self._set(request, chosen, Status.RETIRED)

    def _set(self, request: HttpRequest, chosen: QuerySet[Instrument], status: Status) -> None:
        traded = chosen.filter(tradable=True)
        symbols, reason = list(traded.values_list("symbol", flat=True)), request.POST.get("reason", "")
        try:
            changed = set_instrument_status(symbols=symbols, status=status, reason=reason, clock=timezone.now)
        except InvalidInput:
            self.message_user(
                request, gettext("Nothing has changed: give a reason of up to 200 characters."), messages.ERROR
            )
            return
        text = ngettext("%(count)d instrument changed.", "%(count)d instruments changed.", len(changed))
        self.message_user(request, text % {"count": len(changed)}, messages.SUCCESS)
