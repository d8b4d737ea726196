"""Staff page: open, close or pause instruments, with a reason in each language."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from accounts.domain.errors import InvalidInput
from trading.domain.terms import Status
from trading.models import Instrument
from trading.models.instrument import STATUS_REASON_LENGTH_MAX
from trading.services.instruments.set_instrument_status import set_instrument_status

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
        traded = Instrument.objects.filter(tradable=True)
        named = [(each.symbol, f"{each.symbol} · {each.get_status_display()}") for each in traded]
        self.fields["symbols"].choices = named  # type: ignore[attr-defined]

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
    if form.is_valid() and _changed(request, form):
        return HttpResponseRedirect(reverse("admin:trading_instrument_changelist"))
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
        )
    except InvalidInput as refusal:
        for fault in refusal.fields:
            form.add_error(fault.field, gettext(fault.message))
        return False
    text = ngettext("%(count)d instrument changed.", "%(count)d instruments changed.", len(changed))
    messages.success(request, text % {"count": len(changed)})
    return True
