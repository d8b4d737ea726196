"""Counts the approval requests that wait for staff."""

from datetime import datetime

from accounts.domain.approvals.requests import RequestState
from accounts.models import ApprovalRequest


def waiting_requests(now: datetime) -> int:
    """Returns the number of approval requests that wait for a decision."""
    return ApprovalRequest.objects.filter(state=RequestState.PENDING, expires_at__gt=now).count()
