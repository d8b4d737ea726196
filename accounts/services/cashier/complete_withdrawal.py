from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from accounts.database_errors import constraint_of
from accounts.domain.cashier.real_money import PayoutKnown, WithdrawalState, check_payment
from accounts.models import Withdrawal
from accounts.steps.end_withdrawal import end_withdrawal
from accounts.steps.lock_cashier import lock_withdrawal
from accounts.steps.require_permission import require_permission


def complete_withdrawal(*, withdrawal_id: UUID, reference: str, decided_by: int, now: datetime) -> Withdrawal:
    """Record that a withdrawal has been paid. `reference` is the bank's or the chain's id: it pays one withdrawal only.

    Raises NotFound, NotPermitted, InvalidInput, WrongState unless it is approved, PayoutKnown.
    """
    reference = check_payment(reference)
    require_permission(decided_by, "complete_withdrawal")
    try:
        with transaction.atomic(durable=True):
            withdrawal = lock_withdrawal(withdrawal_id)
            withdrawal.provider_reference = reference
            end_withdrawal(withdrawal, WithdrawalState.DONE, now=now)
    except IntegrityError as error:
        if constraint_of(error) != "one_withdrawal_a_payout":
            raise
        raise PayoutKnown(reference) from error
    return withdrawal
