from datetime import datetime

from django.db.models import F

from accounts.domain.approvals.requests import RequestState
from accounts.models import ApprovalRequest


def expire_overdue(now: datetime, **which: str) -> int:
    """End the overdue requests with these fields, inside the caller's transaction. Returns their number."""
    overdue = ApprovalRequest.objects.filter(state=RequestState.PENDING, expires_at__lte=now, **which)
    return overdue.update(state=RequestState.EXPIRED, ended_at=F("expires_at"))
