"""A trader's results over some days, for staff. A busy person's page takes as long as anybody's."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from accounts.bound_statements import bound_rows
from accounts.domain.identity import first_id_at

TRADES_MAX = 5_000
"""Trades that are summed up. Who makes more in the period is shown the newest."""

LASTS_MAX = timedelta(days=2)
"""From its order to its result a trade takes a day at most and some minutes. One that an outage held up for longer may
be left out."""

SUMS = """
    SELECT demo, currency, count(*), count(*) FILTER (WHERE outcome = 'won' AND amount IS NULL),
        sum(stake), sum(profit + coalesce(amount, 0))
    FROM (
        SELECT * FROM flash_trades
        WHERE user_id = %(user)s AND id >= %(first)s AND state = 'settled' AND settled_at > %(since)s
        ORDER BY id DESC LIMIT %(limit)s
    ) AS newest LEFT JOIN trade_corrections ON trade_id = id
    GROUP BY demo, currency ORDER BY demo, currency
"""


@dataclass(frozen=True, slots=True)
class TraderResult:
    """The sums of a person's settled trades in one book and currency. `profit` is the trader's; a void takes a trade's
    profit back, and it counts as won no longer.
    """

    demo: bool
    currency: str
    trades: int
    won: int
    staked: Decimal
    profit: Decimal


@dataclass(frozen=True, slots=True)
class TraderResults:
    """The results of each book and currency, real money first; `newest` is their number if older ones are left out."""

    rows: Sequence[TraderResult]
    newest: int | None


def trader_results(user_id: int, *, days: int, now: datetime) -> TraderResults:
    """The sums of the trades that were settled in the last days, of TRADES_MAX at most."""
    since = now - timedelta(days=days)
    values = {"user": user_id, "since": since, "first": first_id_at(since - LASTS_MAX), "limit": TRADES_MAX}
    rows = [TraderResult(*row) for row in bound_rows(SUMS, values)]
    return TraderResults(rows, TRADES_MAX if sum(row.trades for row in rows) == TRADES_MAX else None)
