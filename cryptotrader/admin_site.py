"""The staff site: Django's admin under our name, with the same login as all pages."""

from collections.abc import Iterator
from functools import wraps
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode, urlsplit, urlunsplit

from allauth.account.decorators import secure_admin_login
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.utils import get_fields_from_path
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.db.models import DateField, ForeignKey
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, path, reverse
from django.utils.module_loading import import_string
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.selectors.access.guards import has_second_factor
from cryptotrader.office.navigation import navigation, title_of

PAGES, TODAY = "cryptotrader.office.pages.PAGES", "cryptotrader.office.today.today"
"""By name: they import the lists, which register themselves at this site."""


UNTYPED = ("csrfmiddlewaretoken", "subject", "do", "instead_of", "step", "decision")
"""Fields of the back office's forms that nobody types."""


class AdminSite(admin.AdminSite):
    """Open to staff who have signed in by allauth; with ADMIN_MFA_REQUIRED they need a second factor."""

    site_header = site_title = "cryptotrader"
    index_title = _("Back office")
    enable_nav_sidebar = False

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Narrows the filters of each page, also of those that a library brings along."""
        page = admin_class or admin.ModelAdmin
        narrowed = type(page.__name__, (PlainTitles, OfferedLookups, page), {"__module__": page.__module__})
        super().register(model_or_iterable, narrowed, **options)

    def get_urls(self) -> list[URLPattern | URLResolver]:
        pages = import_string(PAGES)
        return [*(path(route, self.admin_view(view), name=name) for route, view, name in pages), *super().get_urls()]

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        shown: TemplateResponse = import_string(TODAY)(request, extra_context)
        return shown

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        shown = navigation(request) if self.has_permission(request) else []
        return {**super().each_context(request), "office_navigation": shown}

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        """A form that comes without a session isn't sent to the login and lost: the answer gives its texts back."""
        guarded = super().admin_view(view, cacheable)

        @wraps(view)
        def asked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.method == "POST" and request.user.is_anonymous and request.path != reverse("admin:logout"):
                return self._signed_out(request)
            answer: HttpResponse = guarded(request, *args, **kwargs)
            return answer

        return asked

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

    def _signed_out(self, request: HttpRequest) -> HttpResponse:
        came = urlsplit(request.headers.get("Referer", ""))
        start = reverse("admin:index")
        form = urlunsplit(("", "", came.path, came.query, "")) if came.path.startswith(start) else start
        names = [name for name in request.POST if name not in UNTYPED]
        context = {
            **self.each_context(request),
            "title": gettext("You were signed out before this was sent"),
            "texts": [text for name in names for text in request.POST.getlist(name) if text.strip()],
            "sign_in": f"{reverse('admin:login')}?{urlencode({REDIRECT_FIELD_NAME: form})}",
        }
        return TemplateResponse(request, "office/signed_out.html", context, status=HTTPStatus.FORBIDDEN)

    @staticmethod
    def _lacks_second_factor(request: HttpRequest) -> bool:
        required: bool = settings.ADMIN_MFA_REQUIRED
        return required and request.user.pk is not None and not has_second_factor(request.user)


class OfferedLookups(admin.ModelAdmin[Any]):
    """Lets the address of a list filter by the fields that its page names, and by no other.

    Django allows every lookup on every column of the model: `?password__startswith=a` would tell a secret, letter by
    letter, to each reader of the list.
    """

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        return lookup in self._offered(request)

    def _offered(self, request: HttpRequest | None) -> Iterator[str]:
        for each in self.get_list_filter(request) if request else self.list_filter:
            if isinstance(each, str):
                yield from _lookups_of_filter(self.model, each)
            else:
                yield str(getattr(each, "parameter_name", ""))
        for field in self.get_search_fields(request) if request else self.search_fields:
            yield field.lstrip("^=@")
        if self.date_hierarchy:
            yield from (f"{self.date_hierarchy}__{part}" for part in ("year", "month", "day"))


class PlainTitles(admin.ModelAdmin[Any]):
    """Calls a list by the name of its things, and a page by that of its thing: `page_title`, or else the model's name.

    A subtitle would repeat a field of the page in the words of a program; a page that needs one sets `has_subtitle`.

    Django's own titles put a particle behind a name, which Korean can't do without knowing the name.
    """

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        named = title_of(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist")
        title = named or capfirst(str(self.opts.verbose_name_plural))
        return super().changelist_view(request, {"title": title, **(extra_context or {})})

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        titles = {"title": capfirst(str(getattr(self, "page_title", self.opts.verbose_name)))}
        if not getattr(self, "has_subtitle", False):
            titles["subtitle"] = ""
        return super().changeform_view(request, object_id, form_url, {**titles, **(extra_context or {})})


def _lookups_of_filter(model: Any, path: str) -> Iterator[str]:
    """The parameters that Django's filters of this field put into their links."""
    field = get_fields_from_path(model, path)[-1]
    yield from (f"{path}__exact", f"{path}__isnull")
    if isinstance(field, DateField):
        yield from (f"{path}__gte", f"{path}__lt")
    if isinstance(field, ForeignKey):
        yield f"{path}__{field.target_field.name}__exact"
