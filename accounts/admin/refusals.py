"""Refusals as members of staff read them."""

from collections.abc import Collection, Mapping
from datetime import datetime
from uuid import UUID

from django.utils.translation import get_language, gettext

from accounts.admin import columns
from accounts.admin.approval_words import permission_words, subject_name
from accounts.admin.audit_words import author_of, pairs_of
from accounts.approval_actions import Action, action_named, registered_actions
from accounts.domain.approvals.requests import DuplicateRequest, NotPermitted, RequestEnded, RequestState
from accounts.domain.approvals.subjects import Subject
from accounts.domain.approvals.work import ChangedMeanwhile
from accounts.domain.errors import FieldError, Refusal, Said, mark
from accounts.models import ApprovalRequest, Deposit, User, Withdrawal
from accounts.selectors.access.audited import last_change

FAULTS: Mapping[str, str] = {
    "required": mark("is missing"),
    "missing": mark("is missing"),
    "invalid": mark("can't be accepted"),
    "invalid-number": mark("is no number that fits"),
    "unknown": mark("is not known"),
    "unknown-value": mark("is not known"),
    "unchanged": mark("is as before"),
    "mismatch": mark("differs from the expected"),
    "wrong": mark("is wrong"),
    "not-needed": mark("is not needed"),
    "not-positive": mark("has to be above zero"),
    "out-of-range": mark("is out of range"),
    "past": mark("has to be in the future"),
    "too-late": mark("is too far in the future"),
    "too-long": mark("is too long"),
    "too-small": mark("is too small"),
    "too-large": mark("is too large"),
    "not-staff": mark("is for members of staff only"),
}
"""Faults by their codes, for readers in another language: the messages of faults are English, for programs."""

FIELDS: Mapping[str, str] = {
    "amount": mark("Amount"),
    "code": mark("Code"),
    "confirmation": mark("Confirmation"),
    "effective_from": mark("Effective from"),
    "ends_at": mark("End"),
    "kind": mark("Kind"),
    "password": mark("Password"),
    "rate": mark("Rate"),
    "rates": mark("Rates"),
    "reason": mark("Reason"),
    "roles": mark("Roles"),
    "text": mark("Text"),
}
"""Names of fields that staff fill in."""


def refusal_text(refusal: Refusal) -> str:
    """Returns a refusal as one line: its title and its faulty fields."""
    details = [f"{field_name(fault)}: {fault_text(fault)}" for fault in refusal.fields] or [_detail(refusal)]
    return " – ".join(filter(None, [gettext(refusal.title), *details]))


def _detail(refusal: Refusal) -> str:
    """The detail without the inner names of actions, subjects and permissions, which are for programs."""
    if isinstance(refusal, NotPermitted):
        return permission_words(refusal.detail)
    if isinstance(refusal, DuplicateRequest):
        action, _space, subject = refusal.detail.partition(" ")
        return " · ".join((gettext(action_named(action).title), subject_name(Subject.parse(subject))))
    return in_words(refusal.detail)


def in_words(text: str) -> str:
    """A sentence in the reader's language, with the states in it; other text as it is."""
    if not isinstance(text, Said):
        return text
    states = {str(state): shown for state, shown in (*Deposit.STATES, *Withdrawal.STATES)}
    return gettext(text.form).format(**{name: states.get(value, value) for name, value in text.values.items()})


def field_name(fault: FieldError) -> str:
    """The label of the faulty field; its name where no form of staff has it."""
    labels = {field.name: field.label for action in registered_actions() for field in action.fields}
    return gettext({**labels, **FIELDS}.get(fault.field, fault.field))


def fault_text(fault: FieldError) -> str:
    """What is wrong with a field, in the reader's language."""
    kind = None if isinstance(fault.message, Said) else FAULTS.get(fault.code)
    return in_words(fault.message) if kind is None or (get_language() or "en").startswith("en") else gettext(kind)


def decided_text(state: str, by: User | str | None, at: datetime | None) -> str:
    """Tells a member of staff who comes second: the state, by whom, since when."""
    facts = [state, str(by or ""), columns.instant_text(at) if at else ""]
    return ": ".join([gettext("Nothing was changed. Its state now"), " · ".join(filter(None, facts))])


def ended_text(refusal: RequestEnded, request_id: UUID) -> str:
    """The same of a request that has ended. One that has expired may have no end yet."""
    asked = ApprovalRequest.objects.get(pk=request_id)
    if asked.ended_at is None:
        return refusal_text(refusal)
    last = asked.decisions.select_related("decided_by").order_by("-decided_at", "-pk").first()
    return decided_text(asked.get_state_display(), last.decided_by if last else None, asked.ended_at)


def executed_text(refusal: ChangedMeanwhile, action: Action, subject: str) -> str:
    """The same of a subject that an earlier request has changed. A command changes it without a request."""
    done = ApprovalRequest.objects.filter(action=action.name, subject=subject, state=RequestState.EXECUTED)
    asked = done.order_by("-ended_at").first()
    if asked is None:
        return refusal_text(refusal)
    last = asked.decisions.select_related("decided_by").order_by("-decided_at", "-pk").first()
    state = ": ".join([gettext(action.title), asked.get_state_display()])
    return decided_text(state, last.decided_by if last else None, asked.ended_at)


def changed_text(table: str, object_id: object, columns_of_state: Collection[str], *, state: str = "") -> str:
    """The same of a row whose author only the audit knows: who set one of these columns last.

    Without a state to name, what that change has set.
    """
    event = last_change(table, object_id, columns_of_state)
    if event is None:
        return decided_text(state, None, None)
    now = state or ", ".join(f"{name}: {value}" for name, _before, value in pairs_of(event))
    return decided_text(now, author_of(event), event.at)
