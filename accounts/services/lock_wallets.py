from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from accounts.domain.ledger import AccountKind
from accounts.models import LedgerAccount


@dataclass(frozen=True, slots=True)
class LockedWallet:
    """A wallet that nobody else can move money in until the transaction ends; `available` is exact."""

    id: int
    owner_id: int
    balance: Decimal
    available: Decimal


def lock_wallets(*, owner_ids: Iterable[int], currency: str, demo: bool) -> dict[int, LockedWallet]:
    """Lock these people's wallets, in id order, for the rest of the caller's transaction; keyed by owner."""
    rows = (
        LedgerAccount.objects.select_for_update(no_key=True)
        .filter(kind=AccountKind.WALLET, owner_id__in=set(owner_ids), currency=currency, demo=demo)
        .order_by("id")
        .values_list("id", "owner_id", "balance", "held")
    )
    return {owner: LockedWallet(id, owner, balance, balance - held) for id, owner, balance, held in rows if owner}
