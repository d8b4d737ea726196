"""What the database tells after a rehearsal: whether a trade, a price or an amount was lost or doubled."""

import time
from collections import Counter
from collections.abc import Callable, Collection
from typing import Any

import psycopg

SETTLED_WITHIN_SECONDS = 180

OPEN = "SELECT count(*) FROM flash_trades WHERE state <> 'settled'"
TRADES = """
    SELECT count(*), count(DISTINCT (user_id, idempotency_key)), count(*) FILTER (WHERE outcome = 'voided'),
        max(extract(epoch FROM settled_at - expires_at))
    FROM flash_trades
"""
STORED = "SELECT idempotency_key, id::text FROM flash_trades"
PRICES = """
    SELECT count(*) FILTER (WHERE previous_digest <> previous), max(gap)
    FROM (
        SELECT previous, lag(digest) OVER chain AS previous_digest,
            extract(epoch FROM priced_at - lag(priced_at) OVER chain) AS gap
        FROM index_prices WINDOW chain AS (PARTITION BY instrument_id ORDER BY sequence)
    ) AS prices
"""


def wait_until_settled(database: str, *, wait: Callable[[float], None] = time.sleep) -> bool:
    """Waits until no trade is under way, at most three minutes. Returns whether that came."""
    deadline = time.monotonic() + SETTLED_WITHIN_SECONDS
    with psycopg.connect(database, autocommit=True) as connection:
        while connection.execute(OPEN).fetchone() != (0,):
            if time.monotonic() > deadline:
                return False
            wait(1)
    return True


def report(database: str) -> dict[str, Any]:
    """Returns the counts: of trades, and of the chain of prices."""
    with psycopg.connect(database) as connection:
        trades = connection.execute(TRADES).fetchone() or (0, 0, 0, None)
        prices = connection.execute(PRICES).fetchone() or (0, None)
    return {
        "trades": trades[0],
        "distinct orders": trades[1],
        "void trades": trades[2],
        "latest settlement, s after expiry": _seconds(trades[3]),
        "breaks of the price chain": prices[0],
        "longest gap of prices, s": _seconds(prices[1]),
    }


def compared(database: str, acknowledged: Collection[tuple[str, str]]) -> dict[str, int]:
    """Returns how many orders were acknowledged, given as key and trade, and how many aren't stored so."""
    with psycopg.connect(database) as connection:
        stored = Counter(map(tuple, connection.execute(STORED).fetchall()))
    keys = Counter(key for key, _ in stored.elements())
    return {
        "acknowledged": len(acknowledged),
        "lost": sum(order not in stored for order in acknowledged),
        "doubled": sum(count > 1 for count in keys.values()),
        "stored without an answer": len(keys.keys() - {key for key, _ in acknowledged}),
    }


def _seconds(value: object) -> float | None:
    return None if value is None else round(float(str(value)), 1)
