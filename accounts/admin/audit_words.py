"""Audit events in words: their author, their changes, the names of tables and columns."""

import re
from datetime import datetime
from typing import Any

from django.apps import apps
from django.contrib.auth.models import Group
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from accounts.admin.columns import NOTHING, instant_text, role
from accounts.domain.errors import mark
from accounts.models import AuditEvent

COMMAND = re.compile(r"manage\.py (\S+).*? by (\S+)")
LINKS = {
    "auth_group_permissions": mark("permission of a role"),
    "users_groups": mark("role of a person"),
    "users_user_permissions": mark("permission of a person"),
}
"""The rows of Django's tables between two others, which have no name of their own."""

INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?\+00:00")
SHOWN_MAX = 4
"""Changes in one line of the list. The event's own page shows all of them."""


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
    pairs = pairs_of(event)
    if event.operation == "UPDATE":
        shown = format_html_join("", "<div>{}: {} → {}</div>", pairs[:SHOWN_MAX])
    else:  # only one side has values: skip the empty ones
        pairs = [pair for pair in pairs if {NOTHING} != set(pair[1:])]
        sides = [(name, old if event.after is None else new) for name, old, new in pairs[:SHOWN_MAX]]
        shown = format_html_join("", "<div>{}: {}</div>", sides)
    return format_html("{}{}", shown, f"+{len(pairs) - SHOWN_MAX}" if len(pairs) > SHOWN_MAX else "")


def name_of(table: str) -> str:
    """Returns the name of a table's rows in plain words."""
    if table in LINKS:
        return gettext(LINKS[table])
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


def pairs_of(event: AuditEvent) -> list[tuple[str, str, str]]:
    """Each changed column with its values before and after."""
    before, after, fields = event.before or {}, event.after or {}, _fields(event.table)
    return [
        (
            _title(fields.get(name), name),
            _shown(before.get(name), fields.get(name)),
            _shown(after.get(name), fields.get(name)),
        )
        for name in sorted({**before, **after})
        if name != "id"
    ]


def _fields(table: str) -> dict[str, Any]:
    """The fields of a table by their columns."""
    for model in apps.get_models(include_auto_created=True):
        if model._meta.db_table == table:
            return {str(field.column): field for field in model._meta.concrete_fields}
    return {}


def _title(field: Any, column: str) -> str:
    """A column in plain words. The tables between people and roles have no words of their own: Django makes them."""
    if field is None:
        return column
    if field.related_model is Group:
        return gettext("role")
    between = field.model._meta.auto_created and field.related_model
    return str(field.related_model._meta.verbose_name if between else field.verbose_name)


def _shown(value: Any, field: Any) -> str:
    if value in (None, ""):
        return NOTHING
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    if field is not None and field.related_model is Group:
        group = Group.objects.filter(pk=value).first()
        return role(group.name) if group else str(value)
    if field is not None and field.choices:
        return str(dict(field.flatchoices).get(value, value))
    instant = INSTANT.fullmatch(str(value))
    return instant_text(datetime.fromisoformat(str(value))) if instant else str(value)
