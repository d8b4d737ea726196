from datetime import datetime
from uuid import UUID

from django.db import transaction

from accounts.domain.approvals.staff_decisions import APPROVE_WITHDRAWAL
from accounts.models import Withdrawal
from accounts.steps.cashier.end_withdrawal import accept_withdrawal
from accounts.steps.cashier.lock_cashier import lock_withdrawal
from accounts.steps.four_eyes import require_alone


def approve_withdrawal(*, withdrawal_id: UUID, decided_by: int, now: datetime) -> Withdrawal:
    """Approve a withdrawal for payment, as one member of staff. For amounts that need two, see `large_withdrawals`;
    the amounts that were approved for this person in the last 24 hours count with it.

    Raises NotFound, NotPermitted, OwnRequest, SecondApprovalRequired, WrongState, AccountFrozen, AccountClosed.
    """
    with transaction.atomic(durable=True):
        withdrawal = lock_withdrawal(withdrawal_id)
        require_alone(APPROVE_WITHDRAWAL, withdrawal, decided_by=decided_by, now=now)
        accept_withdrawal(withdrawal, decided_by=decided_by, now=now)
    return withdrawal
