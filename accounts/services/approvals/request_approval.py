from datetime import datetime
from uuid import uuid4

from django.db import IntegrityError, transaction

from accounts.approval_actions import Action, Arguments, action_named
from accounts.database_errors import constraint_of
from accounts.domain.approvals.made_from import require_unchanged
from accounts.domain.approvals.requests import REQUEST_LIFE, DuplicateRequest, OwnRequest, checked_reason, may_request
from accounts.domain.approvals.subjects import Subject
from accounts.models import ApprovalRequest
from accounts.steps.expire_overdue import expire_overdue
from accounts.steps.log_on_commit import log_on_commit
from accounts.steps.require_permission import require_permission


def request_approval(
    *,
    action: str,
    subject: str,
    arguments: Arguments,
    reason: str,
    requested_by: int,
    now: datetime,
    made_from: str | None = None,
) -> ApprovalRequest:
    """Ask others to approve an action. It doesn't change its subject yet.

    Raises NotFound for an unknown action or subject, NotPermitted, OwnRequest (four eyes are those of two people who
    don't own the subject), InvalidInput, DuplicateRequest while the same action waits for the same subject, the
    refusals of the action's `read_arguments`, and ChangedMeanwhile if what is present isn't that of `made_from`, the
    mark of what the caller knew.
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
    _store(request, known, made_from)
    return request


def _store(request: ApprovalRequest, known: Action, made_from: str | None) -> None:
    action, subject, by = request.action, request.subject, request.requested_by_id
    try:
        with transaction.atomic(durable=True):
            expire_overdue(request.requested_at, action=action, subject=subject)
            request.save(force_insert=True)
            # Behind the insertion: the request before this one, which may have changed what is present, has ended then.
            require_unchanged(known.present(request.about), made_from)
            log_on_commit("approval requested", approval_id=request.pk, action=action, user_id=by)
    except IntegrityError as error:
        if constraint_of(error) != "one_pending_request_each":
            raise
        raise DuplicateRequest(f"{action} {subject}") from error
