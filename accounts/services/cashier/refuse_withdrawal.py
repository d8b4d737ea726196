from datetime import datetime
from uuid import UUID

from django.db import transaction

from accounts.domain.approvals.staff_decisions import REFUSE_WITHDRAWAL
from accounts.domain.cashier.real_money import WithdrawalState, WrongState
from accounts.domain.errors import Said, mark
from accounts.models import Withdrawal
from accounts.steps.cashier.end_withdrawal import return_withdrawal
from accounts.steps.cashier.lock_cashier import lock_withdrawal
from accounts.steps.four_eyes import require_alone


def refuse_withdrawal(*, withdrawal_id: UUID, reason: str, decided_by: int, now: datetime) -> Withdrawal:
    """Refuse a withdrawal in review, and return amount and fee. The trader reads the reason.

    An approved one may have been paid already: see `fail_withdrawal`. Raises NotFound, NotPermitted, OwnRequest,
    SecondApprovalRequired, InvalidInput, WrongState.
    """
    with transaction.atomic(durable=True):
        withdrawal = lock_withdrawal(withdrawal_id)
        require_alone(REFUSE_WITHDRAWAL, withdrawal, decided_by=decided_by)
        require_in_review(withdrawal)
        return_withdrawal(withdrawal, reason=reason, decided_by=decided_by, now=now)
    return withdrawal


def require_in_review(withdrawal: Withdrawal) -> None:
    """Raises WrongState: a payment that may be under way can't be refused, only completed or declared failed."""
    if withdrawal.state != WithdrawalState.REVIEW:
        raise WrongState(
            Said(mark("It is {state}, so it can't be refused"), state=withdrawal.state), state=withdrawal.state
        )
