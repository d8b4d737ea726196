"""The permissions of a role in words."""

from collections.abc import Mapping

from django.contrib import admin
from django.contrib.auth.models import Group
from django.utils.text import capfirst
from django.utils.translation import gettext

from accounts.approval_actions import registered_actions
from accounts.domain.approvals.requests import may_approve, may_request
from accounts.domain.errors import mark

ALONE: Mapping[str, str] = {
    "add_alertanswer": mark("answers alerts"),
    "add_announcement": mark("makes announcements"),
    "add_payoutversion": mark("changes payouts"),
    "add_personnote": mark("writes notes on people"),
    "change_instrument": mark("changes the terms of instruments"),
    "complete_withdrawal": mark("records that a withdrawal was paid out"),
    "decide_deposit": mark("credits and refuses deposits"),
    "decide_withdrawal": mark("approves and refuses withdrawals"),
    "export_lists": mark("takes lists out as CSV"),
    "make_backup": mark("starts backups"),
    "set_status": mark("pauses, closes and opens instruments"),
}
"""The work that takes one person, by the name of its permission."""


def lists_of(group: Group) -> str:
    """The lists of the back office that a role opens. Other tables have no page."""
    shown = group.permissions.filter(codename__startswith="view_").select_related("content_type")
    models = {each.content_type.model_class() for each in shown}
    pages = [model for model in models if model is not None and admin.site.is_registered(model)]
    return ", ".join(sorted(capfirst(str(model._meta.verbose_name_plural)) for model in pages))


def done_alone(group: Group) -> str:
    """The work that a role does alone."""
    names = group.permissions.exclude(codename__startswith="view_").values_list("codename", flat=True)
    actions = {
        permission for each in registered_actions() for permission in (may_request(each.name), may_approve(each.name))
    }
    return ", ".join(gettext(ALONE[name]) if name in ALONE else name for name in sorted(set(names) - actions))


def asked_for(group: Group) -> str:
    """The actions with four eyes that a role asks for."""
    names = set(group.permissions.values_list("codename", flat=True))
    return ", ".join(gettext(each.title) for each in registered_actions() if may_request(each.name) in names)


def approved_by(group: Group) -> str:
    """The actions with four eyes that a role approves."""
    names = set(group.permissions.values_list("codename", flat=True))
    return ", ".join(gettext(each.title) for each in registered_actions() if may_approve(each.name) in names)


def permission_words(name: str) -> str:
    """The work that a permission (without its app) opens; empty for one without words."""
    for action in registered_actions():
        if name == may_request(action.name):
            return gettext("to ask for: {action}").format(action=gettext(action.title))
        if name == may_approve(action.name):
            return gettext("to approve: {action}").format(action=gettext(action.title))
    return gettext(ALONE[name]) if name in ALONE else ""
