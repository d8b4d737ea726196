from datetime import datetime
from uuid import UUID

from django.db import transaction

from accounts.domain.approvals import NotPermitted, RequestState
from accounts.models import ApprovalRequest
from accounts.services.decide_request import lock_request, require_pending


def withdraw_request(*, request_id: UUID, withdrawn_by: int, now: datetime) -> ApprovalRequest:
    """Take back one's own request. Raises NotFound, NotPermitted for somebody else's, RequestEnded."""
    with transaction.atomic(durable=True):
        request = lock_request(request_id)
        if request.requested_by_id != withdrawn_by:
            raise NotPermitted
        require_pending(request, now)
        request.state, request.ended_at = RequestState.WITHDRAWN, now
        request.save(update_fields=["state", "ended_at"])
    return request
