"""Permissions and requests in the words of staff: arguments with their names, amounts with places."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.contrib import admin
from django.contrib.auth.models import Group
from django.utils.text import Truncator, capfirst
from django.utils.translation import gettext

from accounts.admin import columns
from accounts.approval_actions import Field, action_named, registered_actions
from accounts.domain.approvals.requests import may_approve, may_request
from accounts.domain.approvals.subjects import Subject
from accounts.domain.errors import mark
from accounts.domain.limits.own_limits import COUNTED, UNITS, LimitKind, write_amount
from accounts.domain.money import SCALES, tell_change, tell_money
from accounts.models import ApprovalRequest

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


TEXT_SHOWN = 60
"""Characters of a text in a list. The request's own page shows the whole text."""


SUBJECTS: Mapping[str, str] = {
    "cashier_terms": mark("cashier's terms"),
    "deposit": mark("deposit"),
    "limit": mark("limit"),
    "trade": mark("trade"),
    "user": mark("user"),
    "wallet": mark("wallet"),
    "withdrawal": mark("withdrawal"),
}
"""The kinds of subjects, marked for translation."""


def subject_name(subject: Subject) -> str:
    """A subject as lists show it: its kind, and the beginning of a long key."""
    kind = gettext(SUBJECTS[subject.kind]) if subject.kind in SUBJECTS else subject.kind
    return f"{kind} {subject.key[: columns.ID_SHOWN]}"


def arguments_of(request: ApprovalRequest) -> list[str]:
    """`Amount: +1.50 USDT`, one text for each argument. The request comes from `with_units`."""
    wanted = request.arguments
    fields = (field for field in action_named(request.action).fields if field.name in wanted)
    return [": ".join((gettext(field.label), _value(field, str(wanted[field.name]), request))) for field in fields]


def book_of(request: ApprovalRequest) -> str:
    """Whether its amount is demo or real money; empty where it is neither."""
    unit = _unit(request)
    return columns.book(unit["demo"]) if unit.get("currency") else ""


def _value(field: Field, text: str, request: ApprovalRequest) -> str:
    unit = _unit(request)
    if not field.amount:
        return Truncator(field.chosen(text)).chars(TEXT_SHOWN)
    if unit.get("kind"):
        return _limit(text, LimitKind(unit["kind"]), unit["currency"])
    if unit:
        return tell_change(Decimal(text), unit["currency"])
    currency = request.about.key
    return tell_money(Decimal(text), currency) if currency in SCALES else text


def _limit(text: str, kind: LimitKind, currency: str) -> str:
    if text == "none":
        return gettext("no limit")
    number = columns.grouped(write_amount(Decimal(text), kind, currency))
    return " ".join((number, gettext(UNITS[kind]) if kind in COUNTED else currency))


def _unit(request: ApprovalRequest) -> dict[str, Any]:
    return getattr(request, "unit", None) or {}
