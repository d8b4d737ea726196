from datetime import datetime
from decimal import Decimal
from uuid import uuid4

from accounts.domain.ledger.transfers import AccountKind, Move, Phase, TransferKind
from accounts.domain.ledger.wallets import DemoOnly
from accounts.selectors.ledger.wallets import Wallet, wallet_of
from accounts.steps.lock_wallets import LockedWallet, lock_wallets
from accounts.steps.open_operator_accounts import open_operator_accounts
from accounts.steps.post_transfers import post_transfers
from accounts.steps.publish_wallet_on_commit import publish_wallet_on_commit


def lock_demo_wallet(*, user_id: int, wallet_id: int) -> tuple[Wallet, LockedWallet]:
    """Lock and return a person's demo wallet for the rest of the caller's transaction. Raises NotFound or DemoOnly."""
    wallet = wallet_of(user_id, wallet_id)
    if not wallet.demo:
        raise DemoOnly
    return wallet, lock_wallets(owner_ids=[user_id], currency=wallet.currency, demo=True)[user_id]


def move_demo_money(wallet: Wallet, kind: TransferKind, amount: Decimal, *, now: datetime) -> None:
    """Grant demo money to a locked wallet, or return it. The owner's screens show it after the commit."""
    funding = open_operator_accounts(currency=wallet.currency, demo=True, now=now)[AccountKind.FUNDING]
    source, target = (funding, wallet.id) if kind is TransferKind.GRANT else (wallet.id, funding)
    post_transfers([Move(kind, Phase.SINGLE, source, target, amount, wallet.currency, True, uuid4())], now=now)
    publish_wallet_on_commit(wallet.id)
