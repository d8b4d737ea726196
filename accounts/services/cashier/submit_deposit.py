from uuid import UUID

from django.db import transaction

from accounts.domain.cashier.real_money import DepositState, Provider, WrongState, check_reference
from accounts.domain.errors import Said, mark
from accounts.models import Deposit
from accounts.steps.cashier.lock_cashier import lock_deposit


def submit_deposit(*, deposit_id: UUID, user_id: int, note: str) -> Deposit:
    """Record that the trader says "I have paid", for a deposit that staff look after. `note` helps them search.

    Raises NotFound, InvalidInput, WrongState. Repeating it changes nothing.
    """
    note = check_reference("note", note, 200)
    with transaction.atomic(durable=True):
        deposit = lock_deposit(deposit_id, owner_id=user_id)
        if deposit.provider != Provider.MANUAL:
            raise WrongState(Said(mark("Its provider tells by itself when it is paid")))
        if deposit.state == DepositState.REVIEW and deposit.note == note:
            return deposit
        if deposit.state != DepositState.REQUESTED:  # an expired one no longer counts for any maximum
            raise WrongState(Said(mark("It is {state}"), state=deposit.state), state=deposit.state)
        deposit.state, deposit.note = DepositState.REVIEW, note
        deposit.save(update_fields=["state", "note"])
    return deposit
