"""Measures pages of candles among many days of one-second prices of five instruments."""

import json
import random
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from statistics import median, quantiles
from urllib.parse import urlencode

from django.db import connection, transaction
from django.test import Client

from trading.domain.candles import Interval
from trading.models import Instrument

SYMBOLS = ("BTC-USDT", "ETH-USDT", "XRP-USDT", "SOL-USDT", "ADA-USDT")
LIMITS = (300, 1000)

VENUE = {"venue": "venue0", "bid": "60000.01", "ask": "60000.02", "venue_at": None}
VENUES = json.dumps([VENUE | {"received_at": "2026-01-01T00:00:00.123456Z"}])

OFF = """
SET LOCAL work_mem = '256MB';
SET LOCAL maintenance_work_mem = '512MB';
ALTER TABLE index_prices DISABLE TRIGGER USER;
ALTER TABLE index_prices DROP CONSTRAINT index_prices_pk, DROP CONSTRAINT one_price_a_second;
"""
ON = """
ALTER TABLE index_prices ENABLE TRIGGER USER,
    ADD CONSTRAINT index_prices_pk PRIMARY KEY (id, priced_at),
    ADD CONSTRAINT one_price_a_second UNIQUE (instrument_id, priced_at) INCLUDE (price, source);
"""
FIRST_DAY = """
INSERT INTO index_prices (instrument_id, sequence, priced_at, price, source, venues, previous, digest, recorded_at,
    rule_version, venues_min)
SELECT i.id, 1 + extract(epoch FROM at - %(since)s), at,
    round((1000 + 50 * sin(extract(epoch FROM at) / 5000 + i.id) + random())::numeric, 2), 'simulated', %(venues)s,
    md5(at::text) || md5(i.id::text), md5(i.id::text) || md5(at::text), at, 2, 1
FROM generate_series(%(since)s::timestamptz, %(since)s::timestamptz + interval '86399 s', interval '1 s') AS at
CROSS JOIN (SELECT id FROM instruments ORDER BY id) AS i;
"""
TEMPLATES = """
CREATE TEMP TABLE a_day ON COMMIT DROP AS SELECT * FROM index_prices;
CREATE TEMP TABLE its_candles ON COMMIT DROP AS SELECT * FROM candles;
"""
NEXT_DAY = """
INSERT INTO index_prices (instrument_id, sequence, priced_at, price, source, venues, previous, digest, recorded_at,
    rule_version, venues_min)
SELECT instrument_id, sequence + 86400 * %(n)s, priced_at + %(n)s * interval '1 day', price, source, venues, previous,
    digest, recorded_at, rule_version, venues_min FROM a_day;
INSERT INTO candles (instrument_id, interval, opened_at, open, high, low, close, count, simulated)
SELECT instrument_id, interval, opened_at + %(n)s * interval '1 day', open, high, low, close, count, simulated
FROM its_candles;
"""


@dataclass(frozen=True, slots=True)
class Pages:
    """Milliseconds of pages of one interval: of the whole request in this process, and of its statements alone."""

    interval: str
    limit: int
    pages: int
    p50: float
    p99: float
    max: float
    database_max: float


def fill(*, days: int, until: datetime) -> int:
    """Store a price a second before `until` for each instrument, with their candles; returns the number of prices.

    The first day has the form that the record would store; the others are its copies. The indexes are made at the end.
    """
    for symbol in SYMBOLS:
        Instrument.objects.get_or_create(symbol=symbol, defaults={"pip": Decimal("0.01"), "durations": [60]})
    since = until - timedelta(days=days)
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute(
            "SELECT make_price_partition(month)"
            " FROM generate_series(date_trunc('month', %s::timestamptz, 'UTC'), %s, interval '1 month') AS month",
            [since, until],
        )
        cursor.execute(OFF)
        cursor.execute(FIRST_DAY, {"since": since, "venues": VENUES})
        cursor.execute("SELECT rebuild_candles(id, %s) FROM instruments", [since.date()])
        cursor.execute(TEMPLATES)
        for day in range(1, days):
            cursor.execute(NEXT_DAY, {"n": day})
        cursor.execute(ON)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE index_prices, candles")  # as autovacuum would in those days
    return days * 86_400 * len(SYMBOLS)


def measure(*, days: int, until: datetime, pages: int) -> list[Pages]:
    """Time pages of each interval and size, at random places in those days, forward and backward."""
    dice = random.Random(1)  # noqa: S311 - the same pages each time
    return [_measure(interval, limit, pages, days, until, dice) for interval in Interval for limit in LIMITS]


def _measure(interval: Interval, limit: int, pages: int, days: int, until: datetime, dice: random.Random) -> Pages:
    client, whole, database = Client(), [], []
    client.get("/api/v1/time")
    for _ in range(pages):
        at = until - timedelta(seconds=dice.randrange(days * 86_400))
        query = {"interval": interval, "limit": limit, dice.choice(["since", "until"]): at.isoformat()}
        spent: list[float] = []
        with connection.execute_wrapper(_Stopwatch(spent)):
            started = time.perf_counter()
            response = client.get(f"/api/v1/instruments/{dice.choice(SYMBOLS)}/candles?{urlencode(query)}")
            whole.append(1000 * (time.perf_counter() - started))
        if response.status_code != 200:
            raise AssertionError(response.content)
        database.append(1000 * sum(spent))
    p99 = quantiles(whole, n=100, method="inclusive")[98]
    return Pages(interval.value, limit, pages, median(whole), p99, max(whole), max(database))


class _Stopwatch:
    """Adds up the time of statements."""

    def __init__(self, spent: list[float]) -> None:
        self._spent = spent

    def __call__(self, execute, sql, params, many, context):  # type: ignore[no-untyped-def]
        started = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            self._spent.append(time.perf_counter() - started)


def plans(*, until: datetime) -> list[str]:
    """PostgreSQL's plans for a page of stored candles and for a page of seconds, from the middle of the data."""
    pk = Instrument.objects.get(symbol=SYMBOLS[0]).pk
    told = []
    for query in (
        "SELECT * FROM candles WHERE instrument_id = %s AND interval = 60 AND opened_at < %s"
        " ORDER BY opened_at DESC LIMIT 1000",
        "SELECT priced_at, price, source FROM index_prices WHERE instrument_id = %s AND priced_at < %s"
        " ORDER BY priced_at DESC LIMIT 1000",
    ):
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS, COSTS OFF) {query}", [pk, until - timedelta(days=1)])
            told.append("\n".join(row[0] for row in cursor.fetchall()))
    return told


def end_of_days(now: datetime) -> datetime:
    """The last midnight."""
    return datetime(now.year, now.month, now.day, tzinfo=UTC)
