from datetime import datetime
from uuid import UUID

from django.db import transaction

from accounts.domain.cashier.real_money import WithdrawalState
from accounts.models import Withdrawal
from accounts.steps.cashier.end_withdrawal import end_withdrawal
from accounts.steps.cashier.lock_cashier import lock_withdrawal


def cancel_withdrawal(*, withdrawal_id: UUID, user_id: int, now: datetime) -> Withdrawal:
    """Cancel a trader's own withdrawal and return amount and fee. Raises NotFound, WrongState once it is approved."""
    with transaction.atomic(durable=True):
        withdrawal = lock_withdrawal(withdrawal_id, owner_id=user_id)
        end_withdrawal(withdrawal, WithdrawalState.CANCELLED, now=now)
    return withdrawal
