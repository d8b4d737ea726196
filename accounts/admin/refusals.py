"""Refusals as members of staff read them."""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext

from accounts.admin import columns
from accounts.domain.approvals.requests import RequestEnded
from accounts.domain.errors import Refusal
from accounts.models import ApprovalRequest, User


def refusal_text(refusal: Refusal) -> str:
    """Returns a refusal as one line: its title and its faulty fields."""
    details = [f"{fault.field}: {fault.message}" for fault in refusal.fields] or [refusal.detail]
    return " – ".join(filter(None, [gettext(refusal.title), *details]))


def decided_text(state: str, by: User | None, at: datetime | None) -> str:
    """Tells a member of staff who comes second: the state, by whom, since when."""
    facts = [state, by.email if by else "", columns.instant_text(at) if at else ""]
    return ": ".join([gettext("Nothing was changed. Its state now"), " · ".join(filter(None, facts))])


def ended_text(refusal: RequestEnded, request_id: UUID) -> str:
    """The same of a request that has ended. One that has expired may have no end yet."""
    asked = ApprovalRequest.objects.get(pk=request_id)
    if asked.ended_at is None:
        return refusal_text(refusal)
    last = asked.decisions.select_related("decided_by").order_by("-decided_at", "-pk").first()
    return decided_text(asked.get_state_display(), last.decided_by if last else None, asked.ended_at)
