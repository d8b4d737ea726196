"""Checks whether a person's account can be closed."""

from accounts.domain.cashier.real_money import DEPOSIT_ENDS, WITHDRAWAL_ENDS
from accounts.domain.people.closing import Obstacle
from accounts.models import Deposit, Withdrawal
from accounts.selectors.ledger.wallets import wallets_of


def obstacles_to_closing(user_id: int) -> list[Obstacle]:
    """Returns the obstacles to closing. Demo money is none. Exact while the person is locked."""
    wallets = wallets_of(user_id)
    payments = (
        Deposit.objects.filter(user_id=user_id).exclude(state__in=DEPOSIT_ENDS).exists()
        or Withdrawal.objects.filter(user_id=user_id).exclude(state__in=WITHDRAWAL_ENDS).exists()
    )
    found = {
        Obstacle.MONEY_HELD: any(wallet.held for wallet in wallets),
        Obstacle.REAL_MONEY: any(wallet.balance for wallet in wallets if not wallet.demo),
        Obstacle.PAYMENTS: payments,
    }
    return [obstacle for obstacle, is_there in found.items() if is_there]
