from datetime import datetime
from uuid import UUID

from accounts.domain.approvals.requests import RequestEnded, RequestState
from accounts.domain.errors import NotFound
from accounts.models import ApprovalRequest


def lock_request(request_id: UUID) -> ApprovalRequest:
    """Return the request, locked until the caller's transaction ends. Raises NotFound."""
    request = ApprovalRequest.objects.select_for_update(no_key=True).filter(pk=request_id).first()
    if request is None:
        raise NotFound(str(request_id))
    return request


def require_pending(request: ApprovalRequest, now: datetime) -> None:
    """Raises RequestEnded, also for an overdue request."""
    if request.state != RequestState.PENDING:
        raise RequestEnded(request.state)
    if request.expires_at <= now:
        raise RequestEnded(RequestState.EXPIRED)
