"""The use of API keys' limits: set-based, and only for keys with limits."""

from collections.abc import Collection
from datetime import datetime
from decimal import Decimal

from accounts.bound_statements import bound_rows
from accounts.domain.access.key_limits import KeyUsage
from accounts.domain.limits.own_limits import window_start

# Through the owners' trades under way, which an index finds: so the count doesn't grow with the key's past.
USED = """
    SELECT k.key_id, NULL::bigint AS wallet_id, count(*), 0::numeric
    FROM flash_trades t JOIN key_trades k ON k.trade_id = t.id
    WHERE t.user_id = ANY(%(owner)s::bigint[]) AND t.settled_at IS NULL AND k.key_id = ANY(%(key)s::bigint[])
    GROUP BY k.key_id
    UNION ALL
    SELECT k.key_id, t.wallet_id, 0, sum(t.stake)
    FROM key_trades k JOIN flash_trades t ON t.id = k.trade_id
    WHERE k.key_id = ANY(%(key)s::bigint[]) AND k.accepted_at >= %(day)s::timestamptz
    GROUP BY k.key_id, t.wallet_id
"""


def usage_of_keys(keys: Collection[int], *, owners: Collection[int], now: datetime) -> dict[int, KeyUsage]:
    """The use of each of these keys of these owners. Exact until the transaction ends if the keys are locked."""
    usage = {key: KeyUsage() for key in keys}
    asked = {"key": sorted(keys), "owner": sorted(owners), "day": window_start(1, now)}
    for key, wallet_id, open_trades, staked in bound_rows(USED, asked):
        if wallet_id is None:
            usage[key].open_trades = open_trades
        else:
            usage[key].staked[wallet_id] = Decimal(staked)
    return usage
