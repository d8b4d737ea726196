from datetime import datetime

from django.db import transaction

from accounts.domain.ledger.transfers import TransferKind
from accounts.domain.ledger.wallets import reset
from accounts.selectors.ledger.wallets import Wallet, wallet_of
from accounts.steps.cashier.check_money_in import check_money_in
from accounts.steps.move_demo_money import lock_demo_wallet, move_demo_money


def reset_demo_wallet(*, user_id: int, wallet_id: int, now: datetime) -> Wallet:
    """Make a person's demo wallet exactly 10,000.00, by a grant or a return. Returns the wallet afterwards.

    Raises NotFound, DemoOnly, FundsHeld while a trade is open, and for a grant as `check_money_in`.
    """
    with transaction.atomic(durable=True):
        wallet, locked = lock_demo_wallet(user_id=user_id, wallet_id=wallet_id)
        change = reset(locked.balance, locked.held)
        if change is not None:
            kind, amount = change
            if kind is TransferKind.GRANT:
                check_money_in(
                    user_id=user_id, currency=wallet.currency, demo=True, balance=locked.balance, amount=amount, now=now
                )
            move_demo_money(wallet, kind, amount, now=now)
        return wallet_of(user_id, wallet_id)
