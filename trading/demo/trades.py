"""The trades of the demo: the real services accept them, and the real settlement decides them."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random

from django.db import connection

from trading.demo.plan import DURATIONS, OPEN_DURATIONS, Meeting
from trading.domain.orders import Order
from trading.domain.terms import Direction
from trading.services.orders.open_trades import Accepted, open_trades
from trading.services.settlement.settle_due_trades import settle_due_trades

STAKES = (5, 10, 10, 20, 20, 25, 50, 50, 100, 200)
OPEN = 4
"""Trades of each instrument."""

GUARD = "acceptances_by_the_clock"
MARK = "off while seed_demo runs"


@contextmanager
def orders_of_the_past() -> Iterator[None]:
    """The guard that refuses trades of the past is off meanwhile: only the tables' owner can do that.

    The mark on it survives this process: `guard_again` of the next one finds it.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT tgenabled <> 'D' FROM pg_trigger WHERE tgname = %s", [GUARD])
        guarded = cursor.fetchone()[0]
        if guarded:
            cursor.execute(f"COMMENT ON TRIGGER {GUARD} ON flash_trades IS '{MARK}'")
            cursor.execute(f"ALTER TABLE flash_trades DISABLE TRIGGER {GUARD}")
    try:
        yield
    finally:
        guard_again()


def guard_again() -> bool:
    """Put the guard on again that a killed run has left off. Returns whether one had."""
    query = "SELECT FROM pg_trigger WHERE tgname = %s AND obj_description(oid, 'pg_trigger') = %s"
    with connection.cursor() as cursor:
        cursor.execute(query, [GUARD, MARK])
        if cursor.rowcount == 0:
            return False
        cursor.execute(f"ALTER TABLE flash_trades ENABLE TRIGGER {GUARD}")
        cursor.execute(f"COMMENT ON TRIGGER {GUARD} ON flash_trades IS NULL")
    return True


def open_meeting(meeting: Meeting, users: Sequence[int]) -> int:
    """Let people trade at a meeting, whose second has its price; returns the number of accepted orders."""
    return _open(meeting.instrument, meeting.orders, users, DURATIONS, meeting.at)


def settle_meeting(meeting: Meeting) -> int:
    """Decide its trades, whose last second has its price; returns their number."""
    return settle_due_trades(instrument=meeting.instrument, now=meeting.ends).settled


def open_last(symbol: str, users: Sequence[int], now: datetime) -> int:
    """A few trades that are still open when somebody looks; returns their number."""
    return _open(symbol, OPEN, users, OPEN_DURATIONS, now)


def _open(symbol: str, count: int, users: Sequence[int], durations: Sequence[int], at: datetime) -> int:
    chance = Random(f"{symbol} {at.isoformat()}")  # noqa: S311 - a demo
    orders = [
        Order(
            user_id=chance.choice(users),
            idempotency_key=f"demo-{symbol}-{at:%Y%m%d%H%M%S}-{n}",
            instrument=symbol,
            direction=chance.choice(list(Direction)),
            stake=Decimal(chance.choice(STAKES)),
            duration_seconds=chance.choice(durations),
        )
        for n in range(count)
    ]
    moment: Callable[[], datetime] = lambda: at + timedelta(milliseconds=300)  # noqa: E731
    return sum(isinstance(result, Accepted) for result in open_trades(orders, clock=moment))
