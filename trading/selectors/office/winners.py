"""The traders who win most today, for staff. A busy day takes as long as any other."""

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal

from accounts.bound_statements import bound_rows
from accounts.domain.identity import first_id_at

TRADES_MAX = 5_000
"""Trades that are summed up: the newest of the day."""

SUMS = """
    SELECT user_id, email, demo, currency, trades, profit
    FROM (
        SELECT user_id, demo, currency, count(*) AS trades, sum(profit + coalesce(amount, 0)) AS profit
        FROM (
            SELECT id, user_id, demo, currency, profit FROM flash_trades
            WHERE id >= %(first)s AND state = 'settled' ORDER BY id DESC LIMIT %(limit)s
        ) AS newest LEFT JOIN trade_corrections ON trade_id = id
        GROUP BY user_id, demo, currency HAVING sum(profit + coalesce(amount, 0)) > 0
    ) AS sums
    JOIN users ON users.id = user_id
    ORDER BY demo, profit DESC LIMIT %(shown)s
"""


@dataclass(frozen=True, slots=True)
class Winner:
    """The sum of a person's trades of a day in one book and currency. `profit` is theirs, after voids."""

    user_id: int
    email: str
    demo: bool
    currency: str
    trades: int
    profit: Decimal


def winners_today(now: datetime, *, limit: int) -> list[Winner]:
    """Those who have won most in trades accepted on this UTC day, real money first; of the newest TRADES_MAX trades."""
    midnight = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    values = {"first": first_id_at(midnight), "limit": TRADES_MAX, "shown": limit}
    return [Winner(*row) for row in bound_rows(SUMS, values)]
