"""The state of each book for metrics. It reads the trades under way alone, by their partial index."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import connection

from trading.domain.terms import Status

BOOKS = """
    SELECT i.symbol, i.currency, book.demo, i.liability_max, coalesce(trades, 0), coalesce(overdue, 0),
           coalesce(staked, 0), coalesce(liability, 0)
    FROM instruments i CROSS JOIN (VALUES (true), (false)) AS book(demo)
    LEFT JOIN (
        SELECT instrument_id, demo, count(*) AS trades, count(*) FILTER (WHERE expires_at <= %(overdue)s) AS overdue,
               sum(stake) AS staked, sum(payout - stake) AS liability
        FROM flash_trades WHERE state <> 'settled' GROUP BY instrument_id, demo
    ) AS under_way ON under_way.instrument_id = i.id AND under_way.demo = book.demo
    WHERE i.status = ANY(%(listed)s) OR trades > 0
    ORDER BY i.symbol, book.demo
"""


@dataclass(frozen=True, slots=True)
class BookState:
    """An instrument's trades under way in one book, and the cap on their liability; `overdue` should have ended."""

    symbol: str
    currency: str
    demo: bool
    liability_max: Decimal | None
    trades: int
    overdue: int
    staked: Decimal
    liability: Decimal


def book_states(*, overdue_before: datetime) -> list[BookState]:
    """The state of both books of every instrument that is listed or has trades under way. One query."""
    listed = [status.value for status in Status if status.listed]
    with connection.cursor() as cursor:
        cursor.execute(BOOKS, {"overdue": overdue_before, "listed": listed})
        return [BookState(*row) for row in cursor.fetchall()]
