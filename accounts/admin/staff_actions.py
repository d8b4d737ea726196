"""Buttons on a staff page that call services. Each asks for one line of text, or for none."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext

from accounts.admin.approval_links import WithApprovalLinks
from accounts.admin.refusals import decided_text, refusal_text
from accounts.domain.cashier.real_money import WrongState
from accounts.domain.errors import NotFound, Refusal
from accounts.selectors.people.person import id_of


@dataclass(frozen=True, slots=True)
class StaffAction:
    """An action that a member of staff may take alone. `label` and `asks` are marked for translation."""

    name: str
    label: str
    permission: str
    states: tuple[str, ...]
    """The states of the object in which the action is possible."""

    act: Callable[[UUID, str, int, datetime], object]
    """Called with (object id, text, staff id, now). The page shows its refusal."""

    asks: str = ""
    """The label of the text field; empty for an action without text."""

    together: str = ""
    """The action with four eyes that does the same where one person may not."""


class WithStaffActions(WithApprovalLinks):
    """Puts the possible actions on an object's page."""

    change_form_template = "admin/staff_actions.html"
    staff_actions: Sequence[StaffAction] = ()

    def possible(self, request: HttpRequest, obj: Any) -> list[StaffAction]:
        """Returns the actions that this member of staff may take on the object in its present state."""
        return [
            action
            for action in self.staff_actions
            if obj.state in action.states and request.user.has_perm(action.permission)
        ]

    def get_urls(self) -> list[URLPattern]:
        name = f"{self.opts.app_label}_{self.opts.model_name}_do"
        view = self.admin_site.admin_view(self.do)
        return [path("<uid:object_id>/do/<slug:action>/", view, name=name), *super().get_urls()]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        obj = self.get_object(request, object_id)
        staff_actions = [
            {
                "label": gettext(action.label),
                "asks": gettext(action.asks) if action.asks else "",
                "address": f"../do/{action.name}/",
            }
            for action in (self.possible(request, obj) if obj is not None else ())
        ]
        return super().change_view(
            request, object_id, form_url, {"staff_actions": staff_actions, **(extra_context or {})}
        )

    def refused(self, refusal: Refusal, object_id: UUID) -> str:
        """A refusal in one line; a member of staff who comes second reads by whom and when it was decided."""
        if not isinstance(refusal, WrongState):
            return refusal_text(refusal)
        row = self.model._default_manager.select_related("decided_by").get(pk=object_id)
        at = row.ended_at or getattr(row, "approved_at", None)
        return decided_text(row.get_state_display(), row.decided_by, at)

    def do(self, request: HttpRequest, object_id: UUID, action: str) -> HttpResponse:
        """Handles POST with `text`."""
        back = reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_change", args=[object_id])
        wanted = next((each for each in self.staff_actions if each.name == action), None)
        if wanted is None:
            raise Http404(action)
        if not request.user.has_perm(wanted.permission):
            raise PermissionDenied
        if request.method == "POST":
            try:
                wanted.act(object_id, request.POST.get("text", ""), id_of(request.user), timezone.now())
                messages.success(request, gettext("Done: {action}").format(action=gettext(wanted.label)))
            except NotFound as refusal:
                raise Http404(object_id) from refusal
            except Refusal as refusal:
                messages.error(request, self.refused(refusal, object_id))
        return HttpResponseRedirect(back)
