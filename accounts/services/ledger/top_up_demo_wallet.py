from datetime import datetime

from django.db import transaction

from accounts.domain.ledger.transfers import TransferKind
from accounts.domain.ledger.wallets import top_up
from accounts.selectors.ledger.wallets import Wallet, wallet_of
from accounts.steps.cashier.check_money_in import check_money_in
from accounts.steps.move_demo_money import lock_demo_wallet, move_demo_money


def top_up_demo_wallet(*, user_id: int, wallet_id: int, now: datetime) -> Wallet:
    """Bring a person's demo wallet, stakes included, up to 10,000.00. Returns the wallet afterwards.

    Raises NotFound, DemoOnly, NothingToTopUp, and as `check_money_in`.
    """
    with transaction.atomic(durable=True):
        wallet, locked = lock_demo_wallet(user_id=user_id, wallet_id=wallet_id)
        amount = top_up(locked.balance)
        check_money_in(
            user_id=user_id, currency=wallet.currency, demo=True, balance=locked.balance, amount=amount, now=now
        )
        move_demo_money(wallet, TransferKind.GRANT, amount, now=now)
        return wallet_of(user_id, wallet_id)
