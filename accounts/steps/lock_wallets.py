from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Q

from accounts.domain.ledger.transfers import AccountKind
from accounts.models import LedgerAccount

WalletKey = tuple[str, bool, int]
"""Currency, demo and owner: one wallet for each combination."""


@dataclass(frozen=True, slots=True)
class LockedWallet:
    """A wallet that only this transaction can move money in until it ends; `balance` and `held` are exact."""

    id: int
    owner_id: int
    balance: Decimal
    held: Decimal

    @property
    def available(self) -> Decimal:
        return self.balance - self.held


def lock_wallets(*, owner_ids: Iterable[int], currency: str, demo: bool) -> dict[int, LockedWallet]:
    """Lock these people's wallets, in id order, for the rest of the caller's transaction; keyed by owner.

    To move money between a wallet and the house, lock both at once instead: see `move_against_house`.
    """
    locked = lock_wallets_across_books((currency, demo, owner) for owner in owner_ids)
    return {wallet.owner_id: wallet for wallet in locked.values()}


def lock_wallets_across_books(keys: Iterable[WalletKey]) -> dict[WalletKey, LockedWallet]:
    """Lock wallets of several currencies and books; missing wallets are left out."""
    owners: defaultdict[tuple[str, bool], set[int]] = defaultdict(set)
    for currency, demo, owner in keys:
        owners[currency, demo].add(owner)
    wanted = Q(pk__in=())
    for (currency, demo), of_book in owners.items():
        wanted |= Q(currency=currency, demo=demo, owner_id__in=of_book)
    rows = (
        LedgerAccount.objects.select_for_update(no_key=True)
        .filter(wanted, kind=AccountKind.WALLET)
        .order_by("id")
        .values_list("currency", "demo", "id", "owner_id", "balance", "held")
    )
    return {
        (currency, demo, owner): LockedWallet(id, owner, balance, held)
        for currency, demo, id, owner, balance, held in rows
        if owner
    }
