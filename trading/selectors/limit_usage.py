"""The use of traders' own limits: set-based, and only for wallets with such limits."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import connection

from accounts.domain.identity import first_id_at
from accounts.domain.limits.own_limits import COUNTS_TRADES, Limit, LimitKind, Usage, window_start

# Makes the planner look up each wallet and period separately, at any estimate of the number of trades.
WANTED = """
    unnest(%(wallet_id)s::bigint[], %(user_id)s::bigint[], %(days)s::int[], %(since)s::timestamptz[], %(first)s::uuid[])
        AS wanted(wallet_id, user_id, days, since, first_id)
"""
TURNOVER = f"""
    SELECT wanted.wallet_id, days, coalesce(sum, 0) FROM {WANTED}, LATERAL (
        SELECT sum(stake) FROM flash_trades t
        WHERE t.user_id = wanted.user_id AND t.id >= wanted.first_id AND t.wallet_id = wanted.wallet_id
    ) traded
"""
RESULT = f"""
    SELECT wanted.wallet_id, days, coalesce(sum, 0) FROM {WANTED}, LATERAL (
        SELECT sum(profit + coalesce(c.amount, 0))
        FROM flash_trades t LEFT JOIN trade_corrections c ON c.trade_id = t.id
        WHERE t.user_id = wanted.user_id AND t.state = 'settled' AND t.settled_at >= wanted.since
          AND t.wallet_id = wanted.wallet_id
    ) settled
"""
UNDER_WAY = """
    SELECT wallet_id, sum(stake), count(*) FROM flash_trades
    WHERE user_id = ANY(%(user_id)s) AND state <> 'settled' AND wallet_id = ANY(%(wallet_id)s)
    GROUP BY wallet_id
"""


@dataclass(frozen=True, slots=True)
class WalletRef:
    """A wallet and its owner."""

    id: int
    owner_id: int


def usage_by_wallet(limits: Mapping[WalletRef, Iterable[Limit]], *, now: datetime) -> dict[int, Usage]:
    """The use of each wallet's limits, by wallet id; wallets whose limits count no trades are missing.

    Exact until the transaction ends if the wallets are locked. No query without such a limit, three at most.
    """
    counting = {wallet: [limit for limit in each if limit.kind in COUNTS_TRADES] for wallet, each in limits.items()}
    counting = {wallet: each for wallet, each in counting.items() if each}
    if not counting:
        return {}
    usage = {wallet.id: Usage({}, {}) for wallet in counting}
    for id, days, amount in _windows(TURNOVER, counting, LimitKind.TURNOVER, now):
        usage[id].turnover[days] = amount
    for id, days, amount in _windows(RESULT, counting, LimitKind.LOSS, now):
        usage[id].result[days] = amount
    ids = {"user_id": [wallet.owner_id for wallet in counting], "wallet_id": [wallet.id for wallet in counting]}
    for id, at_risk, trades in _rows(UNDER_WAY, ids):
        usage[id].at_risk, usage[id].open_trades = at_risk, trades
    return usage


def _windows(
    query: str, limits: Mapping[WalletRef, Iterable[Limit]], kind: LimitKind, now: datetime
) -> list[tuple[int, int, Decimal]]:
    wanted = [(wallet, limit.period_days) for wallet, each in limits.items() for limit in each if limit.kind is kind]
    if not wanted:
        return []
    since = [window_start(days, now) for _, days in wanted]
    columns = {
        "wallet_id": [wallet.id for wallet, _ in wanted],
        "user_id": [wallet.owner_id for wallet, _ in wanted],
        "days": [days for _, days in wanted],
        "since": since,
        "first": [first_id_at(start) for start in since],
    }
    return _rows(query, columns)


def _rows(query: str, params: dict[str, Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(query, params)
        return list(cursor.fetchall())
