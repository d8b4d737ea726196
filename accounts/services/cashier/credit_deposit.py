from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from accounts.database_errors import constraint_of
from accounts.domain.approvals.staff_decisions import CREDIT_DEPOSIT
from accounts.domain.cashier.real_money import DepositState, PaymentKnown, Provider, check_payment
from accounts.models import Deposit
from accounts.selectors.cashier.real_money import deposits_of_payment
from accounts.steps.cashier.end_deposit import end_deposit
from accounts.steps.cashier.lock_cashier import lock_deposit
from accounts.steps.four_eyes import require_alone, require_not_own


def credit_deposit(*, deposit_id: UUID, reference: str, decided_by: int, now: datetime) -> Deposit:
    """Credit a deposit whose payment staff have seen. `reference` is the bank's id: it credits one deposit only.

    A deposit with an invoice already has its reference. Raises NotFound, NotPermitted, OwnRequest,
    SecondApprovalRequired, InvalidInput, WrongState, PaymentKnown.
    """
    with transaction.atomic(durable=True):
        deposit = lock_deposit(deposit_id)
        require_alone(CREDIT_DEPOSIT, deposit, decided_by=decided_by)
        credit_seen_payment(deposit, reference=reference, decided_by=decided_by, now=now)
    return deposit


def credit_seen_payment(deposit: Deposit, *, reference: str, decided_by: int, now: datetime) -> None:
    """Credit a deposit inside a transaction that holds its lock. The caller has checked the permission."""
    require_not_own(deposit, decided_by)
    deposit.provider_reference = checked_payment(deposit, reference) or deposit.provider_reference
    try:
        with transaction.atomic():
            end_deposit(deposit, DepositState.DONE, now=now, decided_by=decided_by)
    except IntegrityError as error:
        if constraint_of(error) != "one_deposit_a_payment":
            raise
        raise PaymentKnown(reference) from error


def checked_payment(deposit: Deposit, reference: str) -> str:
    """Return the payment's reference, empty for a deposit with an invoice. Raises InvalidInput, PaymentKnown."""
    if deposit.provider != Provider.MANUAL:
        return ""
    reference = check_payment(reference)
    if deposits_of_payment(deposit.provider, reference).exclude(pk=deposit.pk).exists():
        raise PaymentKnown(reference)
    return reference
