"""Buttons on a staff page that end in services: each asks for one line of text, or for none."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext

from accounts.admin.approvals import told
from accounts.admin.asking import Asking
from accounts.domain.errors import NotFound, Refusal
from accounts.selectors import id_of


@dataclass(frozen=True, slots=True)
class Deed:
    """Something that a member of staff may do alone. `label` and `asks` are marked for translation."""

    name: str
    label: str
    permission: str
    states: tuple[str, ...]
    """In which states of the object it makes sense."""

    act: Callable[[UUID, str, int, datetime], object]
    """(the object's id, the text, who, now); what it refuses is shown."""

    asks: str = ""
    """The label of the text that is asked for; empty for none."""


class Doing(Asking):
    """Puts the deeds that make sense on the page of one object."""

    change_form_template = "admin/deeds.html"
    deeds: Sequence[Deed] = ()

    def possible(self, request: HttpRequest, obj: Any) -> list[Deed]:
        """What this member of staff may do to the object as it stands."""
        return [deed for deed in self.deeds if obj.state in deed.states and request.user.has_perm(deed.permission)]

    def get_urls(self) -> list[URLPattern]:
        name = f"{self.opts.app_label}_{self.opts.model_name}_do"
        view = self.admin_site.admin_view(self.do)
        return [path("<uuid:object_id>/do/<slug:deed>/", view, name=name), *super().get_urls()]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        obj = self.get_object(request, object_id)
        deeds = [
            {
                "label": gettext(deed.label),
                "asks": gettext(deed.asks) if deed.asks else "",
                "address": f"../do/{deed.name}/",
            }
            for deed in (self.possible(request, obj) if obj is not None else ())
        ]
        return super().change_view(request, object_id, form_url, {"deeds": deeds, **(extra_context or {})})

    def do(self, request: HttpRequest, object_id: UUID, deed: str) -> HttpResponse:
        """POST `text`."""
        back = reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_change", args=[object_id])
        wanted = next((each for each in self.deeds if each.name == deed), None)
        if wanted is None:
            raise Http404(deed)
        if request.method == "POST":
            try:
                wanted.act(object_id, request.POST.get("text", ""), id_of(request.user), timezone.now())
                messages.success(request, gettext("Done: {deed}").format(deed=gettext(wanted.label)))
            except NotFound as refusal:
                raise Http404(object_id) from refusal
            except Refusal as refusal:
                messages.error(request, told(refusal))
        return HttpResponseRedirect(back)
