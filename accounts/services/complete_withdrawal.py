from datetime import datetime
from uuid import UUID

from django.db import transaction

from accounts.domain.cashier import WithdrawalState, check_reference
from accounts.models import Withdrawal
from accounts.services.end_withdrawal import end_withdrawal
from accounts.services.lock_cashier import lock_withdrawal
from accounts.services.staff_permissions import require_permission


def complete_withdrawal(*, withdrawal_id: UUID, reference: str, decided_by: int, now: datetime) -> Withdrawal:
    """It has been paid out; `reference` names the payment, such as a bank's or a chain's own id.

    Raises NotFound, NotPermitted, InvalidInput, WrongState unless it is approved.
    """
    reference = check_reference("reference", reference, 120)
    require_permission(decided_by, "complete_withdrawal")
    with transaction.atomic(durable=True):
        withdrawal = lock_withdrawal(withdrawal_id)
        withdrawal.provider_reference = reference
        end_withdrawal(withdrawal, WithdrawalState.DONE, now=now)
    return withdrawal
