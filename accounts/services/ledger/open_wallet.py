from datetime import datetime

from django.db import transaction

from accounts.domain.ledger.transfers import AccountKind
from accounts.models import LedgerAccount
from accounts.selectors.cashier.currencies import check_real_currency
from accounts.selectors.ledger.wallets import Wallet, wallets_of
from accounts.selectors.limits.restrictions import restrictions_on
from accounts.steps.lock_person import lock_person
from accounts.steps.open_operator_accounts import open_operator_accounts
from accounts.steps.publish_wallet_on_commit import publish_wallet_on_commit


def open_wallet(*, user_id: int, currency: str, now: datetime) -> tuple[Wallet, bool]:
    """Return a person's real wallet in a currency, and whether it is new. Repeating it changes nothing.

    Raises CurrencyNotOffered if the operator hasn't enabled the currency, and AccountClosed, AccountFrozen,
    SelfExcluded or TimedOut if the person may not bring money in.
    """
    check_real_currency(currency)
    with transaction.atomic(durable=True):
        lock_person(user_id)
        known = _find(user_id, currency)
        if known is not None:
            return known, False
        restrictions_on(user_id, now=now).check_admitted()
        open_operator_accounts(currency=currency, demo=False, now=now)
        LedgerAccount.objects.create(
            kind=AccountKind.WALLET, owner_id=user_id, currency=currency, demo=False, created_at=now
        )
        wallet = _find(user_id, currency)
        if wallet is None:
            raise AssertionError("a wallet that has just been opened is there")
        publish_wallet_on_commit(wallet.id)
    return wallet, True


def _find(user_id: int, currency: str) -> Wallet | None:
    wallets = (wallet for wallet in wallets_of(user_id) if (wallet.currency, wallet.demo) == (currency, False))
    return next(wallets, None)
