"""The staff pages of the audit: each change with its author, time and origin."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import admin
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from accounts.admin import columns
from accounts.admin.audit_words import author_of, changes_of, name_of, page_of, pairs_of
from accounts.admin.large_lists import NOBODY, LargeList
from accounts.admin.read_only import ReadOnlyAdmin
from accounts.domain.access.secret_paths import without_key
from accounts.domain.approvals.subjects import DIGITS_MAX
from accounts.domain.texts import storable
from accounts.models import AuditEvent, User
from accounts.selectors.access.audited import audited_tables
from accounts.selectors.access.logins import id_of_email

NOTHING = columns.NOTHING
ID_SHOWN = columns.ID_SHOWN


class TableFilter(admin.SimpleListFilter):
    """Filters by table, and names each table in plain words."""

    title, parameter_name = _("subject"), "table"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return sorted(((table, name_of(table)) for table in audited_tables()), key=lambda pair: pair[1])

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.filter(table=self.value()) if self.value() else queryset


class OneFilter(admin.SimpleListFilter):
    """Filters by one value, which only a link gives: a list of all values would be too long."""

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        value = self.value()
        return [(value, self.shown(value))] if value else []

    def shown(self, value: str) -> str:
        return value

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.filter(**{str(self.parameter_name): self.value()}) if self.value() else queryset


class RowFilter(OneFilter):
    title, parameter_name = _("id"), "object_id"


class PersonFilter(OneFilter):
    """Filters by the person concerned. Another value than a person's number finds nothing."""

    title, parameter_name = _("about"), "person"

    def shown(self, value: str) -> str:
        person = User.objects.filter(pk=value).first() if is_number(value) else None
        return str(person or value)

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        value = self.value()
        return super().queryset(request, queryset) if not value or is_number(value) else queryset.none()


def by_author_or_person(text: str) -> Q | None:
    """Searches by a whole email: what a person did, and what concerns them."""
    if "@" not in text:
        return None
    person = id_of_email(text) or NOBODY
    return Q(actor_id=person) | Q(person_id=person)


def by_row(text: str) -> Q | None:
    """Searches by the id of a row of any table."""
    return Q(table__in=audited_tables(), object_id=text) if storable(text) else None


@admin.register(AuditEvent)
class AuditEventAdmin(LargeList, ReadOnlyAdmin):
    list_display = ("time", "subject", "changes", "author")
    list_display_links = ("time",)
    list_filter = (TableFilter, "operation", "at", PersonFilter, RowFilter)
    list_select_related = ("actor", "person")
    search_fields = ("actor__email", "person__email", "=object_id")
    searches = (by_author_or_person, by_row)
    indexed_filters = {"table": None, "person": None, "object_id": None}
    search_help_text = _("Whole email of the author or of the person concerned, or a whole id")
    ordering = ("-id",)
    fields = (
        "time",
        "what",
        "thing",
        "operation",
        "difference",
        "who",
        "reason",
        "about",
        "origin",
        "program",
        "database_user",
    )
    readonly_fields = fields

    @admin.display(description=_("time"), ordering="id")
    def time(self, event: AuditEvent) -> str:
        return columns.instant(event.at)

    @admin.display(description=_("subject"))
    def subject(self, event: AuditEvent) -> str:
        words = (self.what(event), self.thing(event), event.get_operation_display())
        about = format_html("<br>{}", event.person) if event.person_id else ""
        return format_html("<strong>{}</strong> {} {}{}", *words, about)

    @admin.display(description=_("by"))
    def author(self, event: AuditEvent) -> str:
        return columns.lines(self.who(event), self.origin(event))

    @admin.display(description=_("subject"))
    def what(self, event: AuditEvent) -> str:
        return name_of(event.table)

    @admin.display(description=_("id"))
    def thing(self, event: AuditEvent) -> str:
        address = page_of(event.table, event.object_id)
        short = event.object_id[:ID_SHOWN]
        return format_html('<a href="{}" title="{}">{}</a>', address, event.object_id, short) if address else short

    @admin.display(description=_("change"))
    def changes(self, event: AuditEvent) -> SafeString:
        return changes_of(event)

    @admin.display(description=_("change"))
    def difference(self, event: AuditEvent) -> SafeString:
        head = format_html("<tr><th>{}</th><th>{}</th><th>{}</th></tr>", _("field"), _("before"), _("after"))
        rows = format_html_join("", '<tr><th scope="row">{}</th><td>{}</td><td>{}</td></tr>', pairs_of(event))
        return format_html('<table class="difference"><thead>{}</thead><tbody>{}</tbody></table>', head, rows)

    @admin.display(description=_("by"))
    def who(self, event: AuditEvent) -> str:
        return author_of(event)

    @admin.display(description=_("reason"))
    def reason(self, event: AuditEvent) -> str:
        return (event.context or {}).get("reason") or NOTHING

    @admin.display(description=_("about"))
    def about(self, event: AuditEvent) -> str:
        return str(event.person) if event.person_id else "–"

    @admin.display(description=_("origin"))
    def origin(self, event: AuditEvent) -> str:
        context = event.context or {}
        words = (context.get(name) for name in ("task", "address", "method", "path"))
        return " ".join(without_key(str(word)) for word in words if word)


class Audited(admin.ModelAdmin[Any]):
    """Replaces an object's history page by its audit events. For a person: all events about that person."""

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        table = self.model._meta.db_table
        about = {"person": object_id} if table == "users" else {"table": table, "object_id": object_id}
        return HttpResponseRedirect(f"{reverse('admin:accounts_auditevent_changelist')}?{urlencode(about)}")


def is_number(text: str) -> bool:
    """Tells whether the text can be the id of a person."""
    return text.isascii() and text.isdigit() and len(text) <= DIGITS_MAX
