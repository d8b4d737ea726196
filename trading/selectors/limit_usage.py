"""The use of traders' own limits: set-based, and only for wallets with such limits."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from decimal import Decimal

from accounts.bound_statements import bound_rows
from accounts.domain.limits.own_limits import COUNTS_TRADES, Limit, LimitKind, Usage, window_start
from trading.selectors.orders.day_sums import DaySums, WalletRef, day_sums

UNDER_WAY = """
    SELECT wallet_id, sum(stake), count(*) FROM flash_trades
    WHERE user_id = ANY(%(user_id)s::bigint[]) AND settled_at IS NULL AND wallet_id = ANY(%(wallet_id)s::bigint[])
    GROUP BY wallet_id
"""


Summing = Callable[..., DaySums]
"""`day_sums`, or the step that also keeps them."""


def usage_by_wallet(
    limits: Mapping[WalletRef, Iterable[Limit]], *, now: datetime, summing: Summing = day_sums
) -> dict[int, Usage]:
    """The use of each wallet's limits, by wallet id; wallets whose limits count no trades are missing.

    Exact until the transaction ends if the wallets are locked. No query without such a limit, two at most.
    """
    counting = {wallet: [limit for limit in each if limit.kind in COUNTS_TRADES] for wallet, each in limits.items()}
    counting = {wallet: each for wallet, each in counting.items() if each}
    if not counting:
        return {}
    usage = {wallet.id: Usage({}, {}) for wallet in counting}
    periodic = {wallet: windows for wallet, each in counting.items() if (windows := _windows(each))}
    if periodic:
        longest = max(days for windows in periodic.values() for _, days in windows)
        _add_up(usage, periodic, summing(list(periodic), longest, now=now), now)
    ids = {"user_id": [wallet.owner_id for wallet in counting], "wallet_id": [wallet.id for wallet in counting]}
    for id, at_risk, trades in bound_rows(UNDER_WAY, ids):
        usage[id].at_risk, usage[id].open_trades = at_risk, trades
    return usage


def _windows(limits: Iterable[Limit]) -> list[tuple[LimitKind, int]]:
    kinds = (LimitKind.TURNOVER, LimitKind.LOSS)
    return [(limit.kind, limit.period_days) for limit in limits if limit.kind in kinds]


def _add_up(
    usage: Mapping[int, Usage], windows: Mapping[WalletRef, list[tuple[LimitKind, int]]], sums: DaySums, now: datetime
) -> None:
    for wallet, asked in windows.items():
        for kind, days in asked:
            first = window_start(days, now).date()
            within = [sums[wallet.id, first + timedelta(days=day)] for day in range(days)]
            if kind is LimitKind.TURNOVER:
                usage[wallet.id].turnover[days] = sum((each.staked for each in within), Decimal(0))
            else:
                usage[wallet.id].result[days] = sum((each.result for each in within), Decimal(0))
