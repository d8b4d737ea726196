from collections.abc import Collection

from accounts.bound_statements import bound_rows

LOCK = "SELECT id FROM api_keys WHERE id = ANY(%(ids)s::bigint[]) ORDER BY id FOR NO KEY UPDATE"


def lock_keys(ids: Collection[int]) -> None:
    """Lock these API keys, in id order, for the rest of the caller's transaction: their limits are used one after the
    other. The caller holds the wallets already, and takes no lock of a wallet afterwards.
    """
    bound_rows(LOCK, {"ids": sorted(ids)})
