from datetime import datetime
from uuid import uuid4

from django.db import IntegrityError, transaction

from accounts.approval_actions import Arguments, action_named
from accounts.database_errors import constraint_of
from accounts.domain.approvals.requests import REQUEST_LIFE, DuplicateRequest, OwnRequest, checked_reason, may_request
from accounts.domain.approvals.subjects import Subject
from accounts.models import ApprovalRequest
from accounts.steps.expire_overdue import expire_overdue
from accounts.steps.log_on_commit import log_on_commit
from accounts.steps.require_permission import require_permission


def request_approval(
    *, action: str, subject: str, arguments: Arguments, reason: str, requested_by: int, now: datetime
) -> ApprovalRequest:
    """Ask others to approve an action. It doesn't change its subject yet.

    Raises NotFound for an unknown action or subject, NotPermitted, OwnRequest (four eyes are those of two people who
    don't own the subject), InvalidInput, DuplicateRequest while the same action waits for the same subject, and the
    refusals of the action's `read_arguments`.
    """
    known, about = action_named(action), Subject.parse(subject)
    require_permission(requested_by, may_request(action))
    if known.owner(about) == requested_by:
        raise OwnRequest
    request = ApprovalRequest(
        id=uuid4(),
        action=action,
        subject=subject,
        arguments=known.read_arguments(about, arguments),
        reason=checked_reason(reason),
        approvals_needed=known.approvals_needed,
        requested_by_id=requested_by,
        requested_at=now,
        expires_at=now + REQUEST_LIFE,
    )
    try:
        with transaction.atomic(durable=True):
            expire_overdue(now, action=action, subject=subject)
            request.save(force_insert=True)
            log_on_commit("approval requested", approval_id=request.pk, action=action, user_id=requested_by)
    except IntegrityError as error:
        if constraint_of(error) != "one_pending_request_each":
            raise
        raise DuplicateRequest(f"{action} {subject}") from error
    return request
