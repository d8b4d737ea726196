from datetime import datetime
from uuid import UUID

from django.db import transaction

from accounts.domain.cashier.real_money import DepositState, check_reference
from accounts.models import Deposit
from accounts.steps.end_deposit import end_deposit
from accounts.steps.lock_cashier import lock_deposit
from accounts.steps.require_permission import require_permission


def refuse_deposit(*, deposit_id: UUID, reason: str, decided_by: int, now: datetime) -> Deposit:
    """Refuse a deposit whose payment is missing or wrong. The trader reads the reason.

    Raises NotFound, NotPermitted, InvalidInput, WrongState.
    """
    reason = check_reference("reason", reason, 500)
    require_permission(decided_by, "decide_deposit")
    with transaction.atomic(durable=True):
        deposit = lock_deposit(deposit_id)
        end_deposit(deposit, DepositState.REFUSED, now=now, decided_by=decided_by, reason=reason)
    return deposit
