"""Reads who has taken which work, and the requests that wait."""

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db.models import Count, Q, QuerySet

from accounts.domain.approvals.requests import Decision, RequestState
from accounts.models import AlertAnswer, ApprovalRequest, WorkClaim

CLAIM_LASTS = timedelta(days=1)
"""After it, work counts as nobody's: the member of staff has gone home, or an alert is back that was over."""

ANSWER_LASTS = timedelta(hours=4)
"""So long an answered alert stays out of the queue. One whose cause is still there comes back then."""


def claims(subjects: Collection[str], now: datetime) -> dict[str, WorkClaim]:
    """Returns by subject who has taken it; work that nobody has taken is missing."""
    rows = WorkClaim.objects.filter(subject__in=list(subjects), taken_at__gt=now - CLAIM_LASTS).select_related(
        "taken_by"
    )
    return {claim.subject: claim for claim in rows}


def answers_now(now: datetime) -> list[AlertAnswer]:
    """Returns the answers that keep alerts out of the queue, the newest first."""
    rows = AlertAnswer.objects.filter(answered_at__gt=now - ANSWER_LASTS).select_related("answered_by")
    return list(rows.order_by("-answered_at", "-id"))


def answers_to(subject: str, *, limit: int) -> list[AlertAnswer]:
    """Returns the last answers to an alert, of any time, the newest first."""
    rows = AlertAnswer.objects.filter(subject=subject).select_related("answered_by")
    return list(rows.order_by("-answered_at", "-id")[:limit])


def requests_waiting(now: datetime) -> QuerySet[ApprovalRequest]:
    """Requests that wait for a decision, the oldest first, each with `approved`: the approvals that it has."""
    waiting = ApprovalRequest.objects.filter(state=RequestState.PENDING, expires_at__gt=now)
    approved = Count("decisions", filter=Q(decisions__decision=Decision.APPROVE))
    return waiting.annotate(approved=approved).select_related("requested_by").order_by("requested_at")


def requests_on(subjects: Collection[str]) -> QuerySet[ApprovalRequest]:
    """Requests about these subjects, of any state."""
    return ApprovalRequest.objects.filter(subject__in=subjects)
