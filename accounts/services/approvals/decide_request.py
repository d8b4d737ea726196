from datetime import datetime
from uuid import UUID

from django.db import transaction

from accounts.approval_actions import action_named
from accounts.domain.approvals.requests import (
    AlreadyDecided,
    Decision,
    OwnRequest,
    RequestState,
    checked_reason,
    may_approve,
)
from accounts.domain.moments import Clock
from accounts.models import ApprovalDecision, ApprovalRequest
from accounts.steps.lock_person import lock_person
from accounts.steps.lock_request import lock_request, require_pending
from accounts.steps.log_on_commit import log_on_commit
from accounts.steps.require_permission import is_permitted, require_permission
from accounts.tracing import traced


@traced
def decide_request(
    *, request_id: UUID, decision: Decision, reason: str, decided_by: int, clock: Clock
) -> ApprovalRequest:
    """Approve or refuse another person's request. The last approval needed executes it in the same transaction.

    Raises NotFound, NotPermitted, AlreadyDecided, RequestEnded, OwnRequest (for the requester and for the subject's
    owner, superusers too), InvalidInput (a refusal needs a reason), and the refusals of the action: then nothing is
    decided.
    """
    reason = checked_reason(reason, required=decision is Decision.REFUSE)
    with transaction.atomic(durable=True):
        request = lock_request(request_id)
        if action_named(request.action).locks_owner:
            lock_person(action_named(request.action).owner(request.about) or 0)
        now = clock()  # behind the locks: nothing that the action forbids seems to come after it
        _require_another(request, decided_by, now)
        ApprovalDecision.objects.create(
            request=request, decision=decision, reason=reason, decided_by_id=decided_by, decided_at=now
        )
        if decision is Decision.REFUSE:
            _end(request, RequestState.REFUSED, now)
        elif _approvals_that_count(request) >= request.approvals_needed:
            action_named(request.action).execute(request, now)
            _end(request, RequestState.EXECUTED, now)
        facts = {"action": request.action, "decision": decision, "state": request.state}
        log_on_commit("approval decided", approval_id=request.pk, user_id=decided_by, **facts)
    return request


def _approvals_that_count(request: ApprovalRequest) -> int:
    """The approvals of people who may still give them: one who is no member of staff any more counts no longer."""
    deciders = list(request.decisions.values_list("decided_by_id", flat=True))
    return sum(is_permitted(decider, may_approve(request.action)) for decider in deciders)


def _require_another(request: ApprovalRequest, decided_by: int, now: datetime) -> None:
    require_permission(decided_by, may_approve(request.action))
    if decided_by in {request.requested_by_id, action_named(request.action).owner(request.about)}:
        raise OwnRequest
    if request.decisions.filter(decided_by_id=decided_by).exists():
        raise AlreadyDecided
    require_pending(request, now)


def _end(request: ApprovalRequest, state: RequestState, now: datetime) -> None:
    request.state, request.ended_at = state, now
    request.save(update_fields=["state", "ended_at"])
