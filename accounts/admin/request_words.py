"""The arguments of requests in the reader's words: each with its name, amounts with their currency and places."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils.text import Truncator
from django.utils.translation import gettext

from accounts.admin import columns
from accounts.approval_actions import Field, action_named
from accounts.domain.approvals.subjects import Subject
from accounts.domain.errors import mark
from accounts.domain.limits.own_limits import COUNTED, UNITS, LimitKind, write_amount
from accounts.domain.money import SCALES
from accounts.models import ApprovalRequest

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
        return columns.signed_text(Decimal(text), unit["currency"])
    currency = request.about.key
    return columns.money_text(Decimal(text), currency) if currency in SCALES else text


def _limit(text: str, kind: LimitKind, currency: str) -> str:
    if text == "none":
        return gettext("no limit")
    number = columns.grouped(write_amount(Decimal(text), kind, currency))
    return " ".join((number, gettext(UNITS[kind]) if kind in COUNTED else currency))


def _unit(request: ApprovalRequest) -> dict[str, Any]:
    return getattr(request, "unit", None) or {}
