from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from accounts.database_errors import constraint_of
from accounts.domain.access.scopes import AccountClosed, AccountFrozen
from accounts.domain.approvals.staff_decisions import COMPLETE_WITHDRAWAL
from accounts.domain.cashier.real_money import PayoutKnown, SecondApprovalRequired, WithdrawalState, check_payment
from accounts.domain.errors import Said, mark
from accounts.models import Withdrawal
from accounts.steps.cashier.end_withdrawal import end_withdrawal
from accounts.steps.cashier.lock_cashier import lock_withdrawal
from accounts.steps.four_eyes import require_alone, require_not_own
from accounts.steps.may_move_money import require_active


def complete_withdrawal(*, withdrawal_id: UUID, reference: str, decided_by: int, now: datetime) -> Withdrawal:
    """Record that a withdrawal has been paid. `reference` is the bank's or the chain's id: it pays one withdrawal only.

    Raises NotFound, NotPermitted, OwnRequest, SecondApprovalRequired (also while the account is frozen or closed),
    InvalidInput, WrongState unless it is approved, PayoutKnown.
    """
    with transaction.atomic(durable=True):
        withdrawal = lock_withdrawal(withdrawal_id)
        require_alone(COMPLETE_WITHDRAWAL, withdrawal, decided_by=decided_by)
        try:
            require_active(withdrawal.user_id)
        except (AccountFrozen, AccountClosed) as refusal:
            raise SecondApprovalRequired(Said(mark("The account is frozen or closed"))) from refusal
        record_payout(withdrawal, reference=reference, decided_by=decided_by, now=now)
    return withdrawal


def record_payout(withdrawal: Withdrawal, *, reference: str, decided_by: int, now: datetime) -> None:
    """Complete a withdrawal inside a transaction that holds its lock. The caller has checked the permission."""
    require_not_own(withdrawal, decided_by)
    withdrawal.provider_reference, withdrawal.decided_by_id = check_payment(reference), decided_by
    try:
        with transaction.atomic():
            end_withdrawal(withdrawal, WithdrawalState.DONE, now=now)
    except IntegrityError as error:
        if constraint_of(error) != "one_withdrawal_a_payout":
            raise
        raise PayoutKnown(withdrawal.provider_reference) from error
