"""Reads who has taken which work, and the requests that wait."""

from collections.abc import Collection
from datetime import datetime

from django.db.models import Count, Q, QuerySet

from accounts.domain.approvals.requests import Decision, RequestState
from accounts.models import ApprovalRequest, WorkClaim


def claims(subjects: Collection[str]) -> dict[str, WorkClaim]:
    """Returns by subject who has taken it; work that nobody has taken is missing."""
    rows = WorkClaim.objects.filter(subject__in=list(subjects)).select_related("taken_by")
    return {claim.subject: claim for claim in rows}


def requests_waiting(now: datetime) -> QuerySet[ApprovalRequest]:
    """Requests that wait for a decision, the oldest first, each with `approved`: the approvals that it has."""
    waiting = ApprovalRequest.objects.filter(state=RequestState.PENDING, expires_at__gt=now)
    approved = Count("decisions", filter=Q(decisions__decision=Decision.APPROVE))
    return waiting.annotate(approved=approved).select_related("requested_by").order_by("requested_at")
