"""The cast of the tests: people with real wallets."""

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from uuid import uuid4

from django.db import transaction

from accounts.domain.ledger.transfers import AccountKind, Move, Phase, TransferKind
from accounts.domain.moments import Clock
from accounts.models import User
from accounts.selectors.ledger.wallets import Wallet, wallets_of
from accounts.services.ledger.open_wallet import open_wallet
from accounts.services.people.register_trader import register_trader
from accounts.steps.open_operator_accounts import open_operator_accounts
from accounts.steps.post_transfers import post_transfers

PASSWORD = "correct horse battery"
NOON = datetime(2026, 3, 1, 12, 0, 0, tzinfo=UTC)


def standing(at: datetime) -> Clock:
    """A clock that stands still."""
    return lambda: at


@dataclass
class Person:
    """A person with a demo wallet of 10,000 USDT."""

    user: User

    @property
    def wallet(self) -> Wallet:
        (wallet,) = (wallet for wallet in wallets_of(self.user.pk) if wallet.demo)
        return wallet

    @property
    def real_wallet(self) -> Wallet:
        (wallet,) = (wallet for wallet in wallets_of(self.user.pk) if not wallet.demo)
        return wallet

    def pay_in(self, amount: str, *, currency: str = "USDT") -> Wallet:
        """Adds this much to a real wallet, and opens it if needed. The currency must be enabled."""
        wallet, _is_new = open_wallet(user_id=self.user.pk, currency=currency, now=NOON)
        operator = open_operator_accounts(currency=currency, demo=False, now=NOON)
        funding, fact = operator[AccountKind.FUNDING], uuid4()
        deposit = TransferKind.DEPOSIT, Phase.SINGLE, funding, wallet.id, Decimal(amount), currency, False, fact
        with transaction.atomic():
            post_transfers([Move(*deposit)], now=NOON)
        return wallet


def person(name: str) -> Person:
    """A new person with this name."""
    return Person(user_named(name))


def user_named(name: str) -> User:
    """A new user with a verified email and a demo wallet."""
    return register_trader(email=f"{name}@example.com", password=PASSWORD, locale="en", now=NOON, verified=True)
