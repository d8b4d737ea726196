from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from accounts.bound_statements import prepared_rows

WalletKey = tuple[str, bool, int]
"""Currency, demo and owner: one wallet for each combination."""


LOCK = """
    SELECT currency, demo, id, owner_id, balance, held FROM ledger_accounts
    WHERE (owner_id, currency, demo) IN (
        SELECT * FROM unnest(%(owner)s::bigint[], %(currency)s::text[], %(demo)s::boolean[])
    ) AND kind = 'wallet'
    ORDER BY id FOR NO KEY UPDATE OF ledger_accounts
"""


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
    wanted = sorted(set(keys))
    columns = dict(zip(("currency", "demo", "owner"), map(list, zip(*wanted, strict=True)), strict=False))
    rows = prepared_rows(LOCK, columns) if wanted else []
    return {
        (currency, demo, owner): LockedWallet(id, owner, balance, held)
        for currency, demo, id, owner, balance, held in rows
    }
