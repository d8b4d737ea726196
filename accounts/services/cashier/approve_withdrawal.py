from datetime import datetime
from uuid import UUID

from django.db import transaction

from accounts.models import Withdrawal
from accounts.steps.end_withdrawal import accept_withdrawal
from accounts.steps.four_eyes import require_below_four_eyes
from accounts.steps.lock_cashier import lock_withdrawal
from accounts.steps.require_permission import require_permission


def approve_withdrawal(*, withdrawal_id: UUID, decided_by: int, now: datetime) -> Withdrawal:
    """Approve a withdrawal for payment, as one member of staff. For amounts that need two, see `large_withdrawal`.

    Raises NotFound, NotPermitted, SecondApprovalRequired, WrongState, AccountFrozen, AccountClosed.
    """
    require_permission(decided_by, "decide_withdrawal")
    with transaction.atomic(durable=True):
        withdrawal = lock_withdrawal(withdrawal_id)
        require_below_four_eyes(withdrawal.amount, withdrawal.currency)
        accept_withdrawal(withdrawal, decided_by=decided_by, now=now)
    return withdrawal
