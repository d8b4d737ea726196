from uuid import UUID

from django.db import transaction

from accounts.domain.cashier.real_money import DepositState, Provider, WrongState, check_reference
from accounts.models import Deposit
from accounts.steps.lock_cashier import lock_deposit


def submit_deposit(*, deposit_id: UUID, user_id: int, note: str) -> Deposit:
    """The trader says "I have paid" of a deposit that staff look at; `note` helps them find the payment.

    Raises NotFound, InvalidInput, WrongState. The same said twice is said once.
    """
    note = check_reference("note", note, 200)
    with transaction.atomic(durable=True):
        deposit = lock_deposit(deposit_id, owner_id=user_id)
        if deposit.provider != Provider.MANUAL:
            raise WrongState("Its provider tells by itself when it is paid")
        if deposit.state == DepositState.REVIEW and deposit.note == note:
            return deposit
        if deposit.state != DepositState.REQUESTED:  # one that has expired no longer counts for any maximum
            raise WrongState(f"It is {deposit.state}", state=deposit.state)
        deposit.state, deposit.note = DepositState.REVIEW, note
        deposit.save(update_fields=["state", "note"])
    return deposit
