from datetime import datetime
from uuid import UUID

from django.db import transaction

from accounts.domain.approvals.requests import NotPermitted, RequestState
from accounts.models import ApprovalRequest
from accounts.steps.lock_request import lock_request, require_pending
from accounts.steps.log_on_commit import log_on_commit


def take_back_request(*, request_id: UUID, taken_back_by: int, now: datetime) -> ApprovalRequest:
    """Withdraw the caller's own request. Raises NotFound, NotPermitted for another person's, RequestEnded."""
    with transaction.atomic(durable=True):
        request = lock_request(request_id)
        if request.requested_by_id != taken_back_by:
            raise NotPermitted
        require_pending(request, now)
        request.state, request.ended_at = RequestState.WITHDRAWN, now
        request.save(update_fields=["state", "ended_at"])
        log_on_commit("approval taken back", approval_id=request.pk, action=request.action, user_id=taken_back_by)
    return request
