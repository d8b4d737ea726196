"""Four eyes: one person asks, another decides."""

from datetime import timedelta
from enum import StrEnum

from accounts.domain.errors import FieldError, InvalidInput, Refusal, mark
from accounts.domain.texts import is_blank, is_plain

REQUEST_LIFE = timedelta(hours=72)
"""A request waits this long for its decision."""

REASON_LENGTH_MAX = 1000

ADJUSTMENT_MAX = 10**9
"""The largest adjustment of a balance, in the wallet's currency."""


class RequestState(StrEnum):
    """A PENDING request ends by enough approvals (EXECUTED), one refusal, its requester's withdrawal, or its expiry."""

    PENDING = "pending"
    EXECUTED = "executed"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


class Decision(StrEnum):
    APPROVE = "approve"
    REFUSE = "refuse"


class Role(StrEnum):
    """The groups of staff.

    SUPPORT helps people, FINANCE moves money, RISK approves and sets the terms of the market, OPERATOR keeps the
    platform running and sees neither people nor money, AUDITOR only reads.
    """

    SUPPORT = "support"
    FINANCE = "finance"
    RISK = "risk"
    OPERATOR = "operator"
    AUDITOR = "auditor"


ROLE_NAMES = {
    Role.SUPPORT: mark("support"),
    Role.FINANCE: mark("finance"),
    Role.RISK: mark("risk"),
    Role.OPERATOR: mark("operator"),
    Role.AUDITOR: mark("auditor"),
}
"""Marked for translation. A group that an operator has made has no other name than its own."""


def may_request(action: str) -> str:
    """Returns the permission to ask for this action."""
    return f"request_{action}"


def may_approve(action: str) -> str:
    """Returns the permission to approve or refuse this action."""
    return f"approve_{action}"


class NotPermitted(Refusal):
    code, status = "not-permitted", 403
    title = mark("Your role does not include this")


class OwnRequest(Refusal):
    code, status = "own-request", 403
    title = mark("Others have to do this: it is your own request, money or account")


class AlreadyDecided(Refusal):
    code, status = "already-decided", 409
    title = mark("You have decided on this request already")


class RequestEnded(Refusal):
    code, status = "request-ended", 409
    title = mark("This request has ended")


class DuplicateRequest(Refusal):
    code, status = "duplicate-request", 409
    title = mark("Another request about this is waiting for its approval already")


class AlreadyFrozen(Refusal):
    code, status = "already-frozen", 409
    title = mark("The account is frozen already")


class NotFrozen(Refusal):
    code, status = "not-frozen", 409
    title = mark("The account isn't frozen")


def checked_reason(reason: str, *, required: bool = True) -> str:
    """Returns the reason without surrounding blanks. Raises InvalidInput."""
    reason = reason.strip().replace("\r\n", "\n")
    if required and is_blank(reason):
        raise InvalidInput(fields=(FieldError("reason", "required", "a reason is required"),))
    if not is_plain(reason, lines=True) or len(reason) > REASON_LENGTH_MAX:
        message = f"at most {REASON_LENGTH_MAX} visible characters"
        raise InvalidInput(fields=(FieldError("reason", "invalid", message),))
    return reason
