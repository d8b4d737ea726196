from uuid import UUID

from accounts.domain.errors import NotFound
from accounts.models import Deposit, Withdrawal
from accounts.steps.lock_wallets import lock_wallets


def lock_deposit(deposit_id: UUID, *, owner_id: int | None = None) -> Deposit:
    """Lock a deposit for the rest of the caller's transaction: its wallet first, as everywhere.

    Raises NotFound, also for another person's deposit if `owner_id` is given.
    """
    row = Deposit.objects.filter(pk=deposit_id).values_list("user_id", "currency").first()
    if row is None or owner_id not in (None, row[0]):
        raise NotFound(str(deposit_id))
    lock_wallets(owner_ids=[row[0]], currency=row[1], demo=False)
    return Deposit.objects.select_for_update(no_key=True).get(pk=deposit_id)


def lock_withdrawal(withdrawal_id: UUID, *, owner_id: int | None = None) -> Withdrawal:
    """Lock a withdrawal in the same way."""
    row = Withdrawal.objects.filter(pk=withdrawal_id).values_list("user_id", "currency").first()
    if row is None or owner_id not in (None, row[0]):
        raise NotFound(str(withdrawal_id))
    lock_wallets(owner_ids=[row[0]], currency=row[1], demo=False)
    return Withdrawal.objects.select_for_update(no_key=True).get(pk=withdrawal_id)
