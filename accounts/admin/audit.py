"""The staff pages of the audit: each change with its author, time and origin."""

import re
from typing import Any
from urllib.parse import urlencode

from django.apps import apps
from django.contrib import admin
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.admin import columns
from accounts.admin.read_only import ReadOnlyAdmin
from accounts.domain.access.secret_paths import without_key
from accounts.domain.approvals.subjects import DIGITS_MAX
from accounts.models import AuditEvent, User

NOTHING = columns.NOTHING
INSTANT = re.compile(r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(\.\d+)?\+00:00")
COMMAND = re.compile(r"manage\.py (\S+).*? by (\S+)")
ID_SHOWN = columns.ID_SHOWN
SHOWN_MAX = 4
"""Changes in one line of the list. The event's own page shows all of them."""


class TableFilter(admin.SimpleListFilter):
    """Filters by table, and names each table in plain words."""

    title, parameter_name = _("subject"), "table"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        tables = AuditEvent.objects.order_by("table").values_list("table", flat=True).distinct()
        return sorted(((table, name_of(table)) for table in tables), key=lambda pair: pair[1])

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


@admin.register(AuditEvent)
class AuditEventAdmin(ReadOnlyAdmin):
    list_display = ("time", "subject", "changes", "author")
    list_display_links = ("time",)
    list_filter = (TableFilter, "operation", "at", PersonFilter, RowFilter)
    list_select_related = ("actor", "person")
    search_fields = ("actor__email", "person__email", "=object_id")
    search_help_text = _("Email of the author or of the person concerned, or an id")
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
        rows = format_html_join("", '<tr><th scope="row">{}</th><td>{}</td><td>{}</td></tr>', _pairs(event))
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


def author_of(event: AuditEvent) -> str:
    """The person who made a change; else, in words, the task, the command or the visitor behind it."""
    context = event.context or {}
    if event.actor_id:
        return str(event.actor)
    if context.get("task"):
        return gettext("The platform itself: {task}").format(task=context["task"])
    if context.get("path"):
        return gettext("A visitor who isn't signed in")
    command = COMMAND.match(event.program)
    if command:
        return gettext("The command {command}, run by {user}").format(command=command[1], user=command[2])
    return gettext("By the database login {login}").format(login=event.database_user)


def changes_of(event: AuditEvent) -> SafeString:
    """The first changes of an event in one cell."""
    pairs = _pairs(event)
    if event.operation == "UPDATE":
        shown = format_html_join("", "<div>{}: {} → {}</div>", pairs[:SHOWN_MAX])
    else:  # only one side has values: skip the empty ones
        pairs = [pair for pair in pairs if {NOTHING} != set(pair[1:])]
        sides = [(name, old if event.after is None else new) for name, old, new in pairs[:SHOWN_MAX]]
        shown = format_html_join("", "<div>{}: {}</div>", sides)
    return format_html("{}{}", shown, f"+{len(pairs) - SHOWN_MAX}" if len(pairs) > SHOWN_MAX else "")


def is_number(text: str) -> bool:
    """Tells whether the text can be the id of a person."""
    return text.isascii() and text.isdigit() and len(text) <= DIGITS_MAX


def name_of(table: str) -> str:
    """Returns the name of a table's rows in plain words."""
    for model in apps.get_models(include_auto_created=True):
        if model._meta.db_table == table:
            return str(model._meta.verbose_name).replace("-", " ")
    return table


def page_of(table: str, object_id: str) -> str:
    """Returns the address of a row's staff page, or an empty string if it has none."""
    for model in apps.get_models():
        if model._meta.db_table == table:
            try:
                return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_change", args=[object_id])
            except NoReverseMatch:
                return ""
    return ""


def _pairs(event: AuditEvent) -> list[tuple[str, str, str]]:
    before, after, names = event.before or {}, event.after or {}, _names(event.table)
    return [
        (names.get(name, name), _shown(before.get(name)), _shown(after.get(name)))
        for name in sorted({**before, **after})
        if name != "id"
    ]


def _names(table: str) -> dict[str, str]:
    """The names of a table's columns in plain words."""
    for model in apps.get_models(include_auto_created=True):
        if model._meta.db_table == table:
            return {str(field.column): str(field.verbose_name) for field in model._meta.concrete_fields}
    return {}


def _shown(value: object) -> str:
    if value in (None, ""):
        return NOTHING
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    instant = INSTANT.fullmatch(str(value))
    return f"{instant[1]} {instant[2]}" if instant else str(value)
