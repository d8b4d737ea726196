"""Sums of wallets' trades by UTC day: those that are kept, and those of all other days from the trades."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any
from uuid import UUID

from accounts.bound_statements import bound_rows
from accounts.domain.identity import first_id_at
from accounts.domain.limits.own_limits import window_start

READ = """
    SELECT w.wallet_id, d.day, kept.id IS NOT NULL AS is_kept,
           coalesce(kept.staked, traded.staked, 0) AS staked,
           coalesce(kept.result, settled.result, 0) AS result
    FROM unnest(%(wallet)s::bigint[], %(user)s::bigint[]) AS w(wallet_id, user_id)
    CROSS JOIN unnest(%(day)s::date[], %(first)s::uuid[], %(beyond)s::uuid[], %(start)s::timestamptz[],
                      %(end)s::timestamptz[]) AS d(day, first_id, beyond_id, start_at, end_at)
    LEFT JOIN wallet_days kept ON (kept.wallet_id, kept.day) = (w.wallet_id, d.day)
    LEFT JOIN LATERAL (
        SELECT sum(stake) AS staked FROM flash_trades t
        WHERE kept.id IS NULL AND t.user_id = w.user_id AND t.id >= d.first_id AND t.id < d.beyond_id
          AND t.wallet_id = w.wallet_id
    ) traded ON true
    LEFT JOIN LATERAL (
        SELECT sum(profit + coalesce(c.amount, 0)) AS result
        FROM flash_trades t LEFT JOIN trade_corrections c ON c.trade_id = t.id
        WHERE kept.id IS NULL AND t.user_id = w.user_id AND t.state = 'settled' AND t.settled_at >= d.start_at
          AND t.settled_at < d.end_at AND t.wallet_id = w.wallet_id
    ) settled ON true
"""
LAST_ID = UUID(int=2**128 - 1)


@dataclass(frozen=True, slots=True)
class WalletRef:
    """A wallet and its owner."""

    id: int
    owner_id: int


@dataclass(frozen=True, slots=True)
class DaySum:
    """The stakes of a day's trades, and the profit less the loss of the results of that day."""

    staked: Decimal
    result: Decimal


DaySums = dict[tuple[int, date], DaySum]
"""By wallet id and day."""


def day_sums(wallets: Sequence[WalletRef], days: int, *, now: datetime) -> DaySums:
    """The sums of these wallets of the last `days` UTC days; today is one of them, and has no end yet. One query."""
    return sums_in(bound_rows(READ, columns_of(wallets, days, now)))


def sums_in(rows: Sequence[Sequence[Any]]) -> DaySums:
    """The sums that READ has found."""
    return {(wallet_id, day): DaySum(staked, result) for wallet_id, day, _is_kept, staked, result in rows}


def columns_of(wallets: Sequence[WalletRef], days: int, now: datetime) -> Mapping[str, list[Any]]:
    """The values that READ takes."""
    mine = {"wallet": [wallet.id for wallet in wallets], "user": [wallet.owner_id for wallet in wallets]}
    return mine | _days(window_start(1, now), days)


@lru_cache(maxsize=8)
def _days(today: datetime, days: int) -> dict[str, list[Any]]:
    starts = [today - timedelta(days=back) for back in range(days - 1, -1, -1)]
    firsts = [first_id_at(start) for start in starts]
    return {
        "day": [start.date() for start in starts],
        "first": firsts,
        "beyond": [*firsts[1:], LAST_ID],
        "start": starts,
        "end": [*starts[1:], datetime.max.replace(tzinfo=UTC)],
    }
