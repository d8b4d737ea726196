from datetime import datetime

from django.db import transaction
from django.db.models import F

from accounts.domain.approvals import RequestState
from accounts.models import ApprovalRequest


def expire_requests(*, now: datetime) -> int:
    """End the requests whose time has run out; returns how many. Deciding on one is refused already before this."""
    with transaction.atomic(durable=True):
        return expire_overdue(now)


def expire_overdue(now: datetime, **which: str) -> int:
    """The same within the caller's transaction, for the requests with these fields."""
    overdue = ApprovalRequest.objects.filter(state=RequestState.PENDING, expires_at__lte=now, **which)
    return overdue.update(state=RequestState.EXPIRED, ended_at=F("expires_at"))
