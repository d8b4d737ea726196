from datetime import datetime
from uuid import UUID

from django.db import transaction

from accounts.domain.approvals.staff_decisions import REFUSE_DEPOSIT
from accounts.domain.cashier.real_money import DepositState, check_reference
from accounts.models import Deposit
from accounts.steps.cashier.end_deposit import end_deposit
from accounts.steps.cashier.lock_cashier import lock_deposit
from accounts.steps.four_eyes import require_alone, require_not_own


def refuse_deposit(*, deposit_id: UUID, reason: str, decided_by: int, now: datetime) -> Deposit:
    """Refuse a deposit whose payment is missing or wrong. The trader reads the reason.

    Raises NotFound, NotPermitted, OwnRequest, SecondApprovalRequired, InvalidInput, WrongState.
    """
    with transaction.atomic(durable=True):
        deposit = lock_deposit(deposit_id)
        require_alone(REFUSE_DEPOSIT, deposit, decided_by=decided_by)
        refuse_missing_payment(deposit, reason=reason, decided_by=decided_by, now=now)
    return deposit


def refuse_missing_payment(deposit: Deposit, *, reason: str, decided_by: int, now: datetime) -> None:
    """Refuse a deposit inside a transaction that holds its lock. The caller has checked the permission."""
    require_not_own(deposit, decided_by)
    reason = check_reference("reason", reason, 500)
    end_deposit(deposit, DepositState.REFUSED, now=now, decided_by=decided_by, reason=reason)
