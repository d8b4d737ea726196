"""Reads wallets and their owners."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import QuerySet

from accounts.domain.errors import NotFound
from accounts.domain.ledger.transfers import AccountKind
from accounts.models import LedgerAccount


@dataclass(frozen=True, slots=True)
class Wallet:
    """A user's money in one currency. `revision` grows with each change: the higher one is the newer state."""

    id: int
    owner_id: int
    currency: str
    demo: bool
    balance: Decimal
    held: Decimal
    revision: int

    @property
    def available(self) -> Decimal:
        return self.balance - self.held


def wallets_of(user_id: int) -> list[Wallet]:
    """Returns all wallets of one person."""
    return _wallets(LedgerAccount.objects.filter(kind=AccountKind.WALLET, owner_id=user_id))


def wallets_of_each(user_ids: Iterable[int]) -> list[Wallet]:
    """Returns all wallets of these people."""
    return _wallets(LedgerAccount.objects.filter(kind=AccountKind.WALLET, owner_id__in=list(user_ids)))


def wallet_of(user_id: int, wallet_id: int) -> Wallet:
    """Returns one of this person's wallets. Raises NotFound, also for another person's wallet."""
    found = _wallets(LedgerAccount.objects.filter(kind=AccountKind.WALLET, owner_id=user_id, id=wallet_id))
    if not found:
        raise NotFound(str(wallet_id))
    return found[0]


def wallets_by_id(ids: Iterable[int]) -> list[Wallet]:
    """Returns these wallets as the running transaction sees them."""
    return _wallets(LedgerAccount.objects.filter(kind=AccountKind.WALLET, id__in=list(ids)))


def any_real_wallet() -> bool:
    """Whether anybody has a wallet of real money."""
    return LedgerAccount.objects.filter(kind=AccountKind.WALLET, demo=False).exists()


def _wallets(accounts: QuerySet[LedgerAccount]) -> list[Wallet]:
    fields = ("id", "owner_id", "currency", "demo", "balance", "held", "revision")
    return [Wallet(*row) for row in accounts.order_by("id").values_list(*fields)]
