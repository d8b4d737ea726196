"""A wallet's results over a span of time, all and by group. Two statements for any number of trades."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal

from django.db import connections

from accounts.late_reads import late_database

COUNTED_MAX = 50_000
"""The newest results that are added up: so a page costs the same, however many there are."""

MINE = """
    SELECT i.symbol, t.duration_seconds AS duration, t.outcome, t.stake, t.payout_rate, t.settled_at, t.id,
           t.profit + coalesce(c.amount, 0) AS result, c.trade_id IS NULL AND t.outcome <> 'voided' AS counts,
           extract(hour FROM t.accepted_at AT TIME ZONE %(zone)s)::int AS hour,
           date_trunc(%(step)s, t.settled_at AT TIME ZONE %(zone)s) AT TIME ZONE %(zone)s AS bucket
    FROM (
        SELECT * FROM flash_trades
        WHERE user_id = %(user)s AND state = 'settled' AND settled_at >= %(since)s AND settled_at <= %(until)s
          AND wallet_id = %(wallet)s
        ORDER BY settled_at DESC LIMIT %(most)s
    ) t JOIN instruments i ON i.id = t.instrument_id LEFT JOIN trade_corrections c ON c.trade_id = t.id
"""

SUMS = f"""
    WITH mine AS MATERIALIZED ({MINE})
    SELECT grouping(symbol, duration, hour, bucket) AS set, symbol, duration, hour, bucket, count(*),
           count(*) FILTER (WHERE counts AND outcome = 'won'), count(*) FILTER (WHERE counts AND outcome = 'lost'),
           coalesce(sum(payout_rate) FILTER (WHERE counts AND outcome IN ('won', 'lost')), 0),
           coalesce(sum(stake) FILTER (WHERE counts), 0), coalesce(sum(result), 0)
    FROM mine GROUP BY GROUPING SETS ((), (symbol), (duration), (hour), (bucket))
    ORDER BY symbol, duration, hour, bucket
"""

STREAKS = f"""
    WITH mine AS MATERIALIZED ({MINE}),
    signs AS (
        SELECT sign(result) AS sign, row_number() OVER by_time AS place,
               row_number() OVER by_time - row_number() OVER (PARTITION BY sign(result) ORDER BY settled_at, id) AS run
        FROM mine WHERE result <> 0 WINDOW by_time AS (ORDER BY settled_at, id)
    ),
    runs AS (SELECT sign, count(*) AS length, max(place) AS last FROM signs GROUP BY sign, run)
    SELECT coalesce(max(length) FILTER (WHERE sign > 0), 0), coalesce(max(length) FILTER (WHERE sign < 0), 0),
           coalesce((array_agg(length * sign ORDER BY last DESC))[1], 0)::int
    FROM runs
"""

# `grouping` has a bit for each column that a row is not grouped by, the first column's the highest.
BY_SYMBOL, BY_DURATION, BY_HOUR, BY_BUCKET, OF_ALL = 0b0111, 0b1011, 0b1101, 0b1110, 0b1111
Step = Literal["minute", "hour", "day"]


@dataclass(frozen=True, slots=True)
class SpanOfResults:
    """The results of a person's wallet that were decided in this time; hours and days are those of `zone`."""

    user_id: int
    wallet_id: int
    since: datetime
    until: datetime
    zone: str
    step: Step

    @property
    def params(self) -> dict[str, Any]:
        """The values of the statements."""
        return {
            "user": self.user_id,
            "wallet": self.wallet_id,
            "since": self.since,
            "until": self.until,
            "zone": self.zone,
            "step": self.step,
            "most": COUNTED_MAX,
        }


@dataclass(frozen=True, slots=True)
class Sums:
    """Sums of results: all of them, the won and lost ones, the payout rates of these two, stakes, and money gained.

    A void counts as a trade, and neither as won nor lost; its stake was given back.
    """

    trades: int = 0
    won: int = 0
    lost: int = 0
    rates: Decimal = Decimal(0)
    staked: Decimal = Decimal(0)
    result: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class Results:
    """The sums of all results, and of each instrument, duration in seconds, hour of the order, and step of time."""

    all: Sums = Sums()
    by_symbol: Mapping[str, Sums] = field(default_factory=dict)
    by_duration: Mapping[int, Sums] = field(default_factory=dict)
    by_hour: Mapping[int, Sums] = field(default_factory=dict)
    by_bucket: Mapping[datetime, Sums] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Streaks:
    """The longest runs of gains and of losses, and the run under way: negative for losses. Results of 0 don't count."""

    gains: int
    losses: int
    current: int

    @property
    def length(self) -> int:
        """Of the run under way."""
        return abs(self.current)


def results_in(span: SpanOfResults) -> Results:
    """The sums of a span; one statement. They may be late."""
    found: dict[int, dict[Any, Sums]] = {kind: {} for kind in (BY_SYMBOL, BY_DURATION, BY_HOUR, BY_BUCKET, OF_ALL)}
    with connections[late_database()].cursor() as cursor:
        cursor.execute(SUMS, span.params)
        for kind, symbol, duration, hour, bucket, *sums in cursor.fetchall():
            keys = {BY_SYMBOL: symbol, BY_DURATION: duration, BY_HOUR: hour, BY_BUCKET: bucket, OF_ALL: None}
            found[kind][keys[kind]] = Sums(*sums)
    return Results(
        found[OF_ALL].get(None, Sums()), found[BY_SYMBOL], found[BY_DURATION], found[BY_HOUR], found[BY_BUCKET]
    )


def streaks_in(span: SpanOfResults) -> Streaks:
    """The streaks of a span; one statement. They may be late."""
    with connections[late_database()].cursor() as cursor:
        cursor.execute(STREAKS, span.params)
        return Streaks(*cursor.fetchone())
