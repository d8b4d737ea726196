from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext

from accounts.admin.approvals import ask_address
from accounts.approval_actions import action_named
from accounts.domain.approvals.requests import may_request
from accounts.domain.approvals.subjects import Subject


class WithApprovalLinks(admin.ModelAdmin[Any]):
    """Puts links on an object's page to the approval forms. Staff ask there for changes that they can't make alone."""

    change_form_template = "admin/approval_links.html"

    def requestable(self, obj: Any) -> Sequence[tuple[str, Subject]]:
        """Returns the (action, subject) pairs that are possible for this object."""
        raise NotImplementedError

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        obj = self.get_object(request, object_id)
        links = [
            (gettext(action_named(action).title), ask_address(action, subject))
            for action, subject in (self.requestable(obj) if obj is not None else ())
            if request.user.has_perm(f"accounts.{may_request(action)}")
        ]
        return super().change_view(request, object_id, form_url, {"approval_links": links, **(extra_context or {})})
