"""What waits for staff to decide on."""

from datetime import datetime

from accounts.domain.approvals.requests import RequestState
from accounts.models import ApprovalRequest


def waiting_requests(now: datetime) -> int:
    """How many approval requests wait for a decision."""
    return ApprovalRequest.objects.filter(state=RequestState.PENDING, expires_at__gt=now).count()
