"""Staff page: open, close or pause instruments, with a reason in each language."""

from collections.abc import Collection
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext, ngettext
from django.utils.translation import gettext_lazy as _

from accounts.admin.refusals import changed_text
from accounts.domain.approvals.made_from import mark_of
from accounts.domain.approvals.work import ChangedMeanwhile
from accounts.domain.errors import InvalidInput
from trading.domain.terms import Status
from trading.models import Instrument
from trading.models.instrument import STATUS_REASON_LENGTH_MAX
from trading.services.instruments.set_instrument_status import STANDING, set_instrument_status, standing_of

PERMISSION = "trading.set_status"
EFFECTS = [
    (Status.OPEN, _("Open: new trades and early closing")),
    (Status.CLOSE_ONLY, _("Close only: no new trades; those under way can be closed early")),
    (Status.PAUSED, _("Paused: no new trades and no early closing")),
    (Status.RETIRED, _("Retired: the same, and no list shows it")),
]
READ, MISSING = _("Traders read it."), _("Traders read it: say why.")


class StatusForm(forms.Form):
    """The status that the chosen instruments shall have."""

    made_from = forms.CharField(required=False, widget=forms.HiddenInput)
    """The standing of each instrument that the page showed: `symbol:mark`, separated by blanks."""

    symbols = forms.MultipleChoiceField(label=_("Instruments"), widget=forms.CheckboxSelectMultiple)
    status = forms.ChoiceField(label=_("Status"), choices=EFFECTS, widget=forms.RadioSelect)
    reason = forms.CharField(
        label=_("Reason in English"),
        required=False,
        max_length=STATUS_REASON_LENGTH_MAX,
        help_text=_("Traders read it."),
    )
    reason_ko = forms.CharField(
        label=_("Reason in Korean"),
        required=False,
        max_length=STATUS_REASON_LENGTH_MAX,
        help_text=_("Traders read it."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        traded = list(Instrument.objects.filter(tradable=True))
        self.initial["made_from"] = " ".join(f"{each.symbol}:{mark_of(standing_of(each))}" for each in traded)
        named = [(each.symbol, f"{each.symbol} · {each.get_status_display()}") for each in traded]
        self.fields["symbols"].choices = named  # type: ignore[attr-defined]

    def clean_made_from(self) -> dict[str, str]:
        """By symbol. One that the page didn't show has no mark."""
        parts = (each.partition(":") for each in self.cleaned_data["made_from"].split())
        return {symbol: mark for symbol, _colon, mark in parts}

    def clean(self) -> dict[str, Any]:
        """Everything but opening needs a reason in both languages."""
        data = super().clean() or self.cleaned_data
        for name in ("reason", "reason_ko"):
            if data.get("status") not in (None, Status.OPEN) and not data.get(name, "").strip():
                self.add_error(name, MISSING)
        return data


def status(request: HttpRequest) -> HttpResponse:
    """`?symbol=` and `?status=` choose what the form begins with."""
    if not request.user.has_perm(PERMISSION):
        raise PermissionDenied
    begin = {"symbols": request.GET.getlist("symbol"), "status": request.GET.get("status", Status.PAUSED)}
    form = StatusForm(request.POST if request.method == "POST" else None, initial=begin)
    if form.is_valid():
        if _changed(request, form):
            return HttpResponseRedirect(reverse("admin:trading_instrument_changelist"))
        if not form.errors:
            return HttpResponseRedirect(request.get_full_path())  # the page anew, with the standings of this moment
    context = {**admin.site.each_context(request), "title": gettext("Pause, close or open"), "form": form}
    return TemplateResponse(request, "office/status.html", context)


def _changed(request: HttpRequest, form: StatusForm) -> bool:
    given = form.cleaned_data
    try:
        changed = set_instrument_status(
            symbols=given["symbols"],
            status=Status(given["status"]),
            reason=given["reason"],
            reason_ko=given["reason_ko"],
            clock=timezone.now,
            made_from=given["made_from"],
        )
    except ChangedMeanwhile as refusal:
        _tell_standings(request, refusal.detail.split(", "), messages.ERROR)
        return False
    except InvalidInput as refusal:
        for fault in refusal.fields:
            form.add_error(fault.field, gettext(fault.message))
        return False
    if not changed:
        _tell_standings(request, given["symbols"], messages.INFO)
        return True
    text = ngettext("%(count)d instrument changed.", "%(count)d instruments changed.", len(changed))
    messages.success(request, text % {"count": len(changed)})
    return True


def _tell_standings(request: HttpRequest, symbols: Collection[str], level: int) -> None:
    """Says of each instrument its standing, by whom and since when."""
    for each in Instrument.objects.filter(symbol__in=symbols):
        reason = why(each)
        state = " ".join(filter(None, (each.symbol, each.get_status_display(), reason and f"({reason})")))
        messages.add_message(request, level, changed_text(Instrument._meta.db_table, each.pk, STANDING, state=state))


def why(instrument: Instrument) -> str:
    """The reason of the status in the reader's language, if there is one."""
    in_korean = (get_language() or "").startswith("ko") and instrument.status_reason_ko
    return in_korean or instrument.status_reason
