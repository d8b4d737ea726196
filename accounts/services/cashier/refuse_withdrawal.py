from datetime import datetime
from uuid import UUID

from django.db import transaction

from accounts.domain.cashier.real_money import WithdrawalState, check_reference
from accounts.models import Withdrawal
from accounts.steps.end_withdrawal import end_withdrawal
from accounts.steps.lock_cashier import lock_withdrawal
from accounts.steps.require_permission import require_permission


def refuse_withdrawal(*, withdrawal_id: UUID, reason: str, decided_by: int, now: datetime) -> Withdrawal:
    """Refuse a withdrawal, or record that its payment failed, and return amount and fee. The trader reads the reason.

    Raises NotFound, NotPermitted, InvalidInput, WrongState.
    """
    reason = check_reference("reason", reason, 500)
    require_permission(decided_by, "decide_withdrawal")
    with transaction.atomic(durable=True):
        withdrawal = lock_withdrawal(withdrawal_id)
        withdrawal.reason, withdrawal.decided_by_id = reason, decided_by
        end_withdrawal(withdrawal, WithdrawalState.REFUSED, now=now)
    return withdrawal
