"""The staff site: Django's admin under our name, with the same login as all pages."""

from typing import Any

from allauth.account.decorators import secure_admin_login
from django.conf import settings
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.selectors.access.guards import has_second_factor
from accounts.selectors.approvals.requests import waiting_requests


class AdminSite(admin.AdminSite):
    """Open to staff who have signed in by allauth; with ADMIN_MFA_REQUIRED they need a second factor."""

    site_header = site_title = "cryptotrader"
    index_title = _("Back office")
    index_template = "admin/back_office.html"

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        waiting = {"waiting_requests": waiting_requests(timezone.now())}
        return super().index(request, waiting | (extra_context or {}))

    def has_permission(self, request: HttpRequest) -> bool:
        return super().has_permission(request) and not self._lacks_second_factor(request)

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        if super().has_permission(request) and self._lacks_second_factor(request):
            messages.warning(request, gettext("The back office opens once you have set up a second factor."))
            return redirect("security")
        response: HttpResponse = secure_admin_login(super().login)(request, extra_context)
        return response

    def password_change(  # type: ignore[override]  # a way elsewhere instead of a page
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return redirect("account_change_password")  # it tells the owner by mail, and ends the other sessions

    @staticmethod
    def _lacks_second_factor(request: HttpRequest) -> bool:
        required: bool = settings.ADMIN_MFA_REQUIRED
        return required and request.user.pk is not None and not has_second_factor(request.user)
