"""The amounts that the house could lose on open trades, for staff to read: no decision uses these sums."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import connection

# Trades with the same entry and expiry end together, so there one direction pays for the other. All others may win.
WINDOWS = """
    SELECT instrument_id, demo, bucket, entry_at, expires_at, count(*) AS trades,
           coalesce(sum(stake) FILTER (WHERE direction = 'up'), 0) AS up,
           coalesce(sum(stake) FILTER (WHERE direction = 'down'), 0) AS down,
           coalesce(sum(liability) FILTER (WHERE direction = 'up'), 0) AS up_liability,
           coalesce(sum(liability) FILTER (WHERE direction = 'down'), 0) AS down_liability
    FROM trade_liabilities WHERE state <> 'settled' AND NOT in_total
    GROUP BY instrument_id, demo, bucket, entry_at, expires_at
"""
BUCKETS = f"""
    SELECT i.symbol, i.currency, demo, bucket, i.liability_max, i.bucket_liability_max, sum(trades)::bigint,
           sum(up), sum(down), sum(up_liability), sum(down_liability),
           sum(greatest(up_liability - down, down_liability - up, 0))
    FROM ({WINDOWS}) windows JOIN instruments i ON i.id = instrument_id
    GROUP BY i.id, demo, bucket ORDER BY i.symbol, demo, bucket
"""


@dataclass(frozen=True, slots=True)
class Exposure:
    """Open trades' stakes and possible gains, by direction. `worst` is the most that the house can lose."""

    trades: int
    up: Decimal
    down: Decimal
    up_liability: Decimal
    down_liability: Decimal
    worst: Decimal

    @property
    def liability(self) -> Decimal:
        """The liability that counts against the caps: all possible gains."""
        return self.up_liability + self.down_liability

    def __add__(self, other: "Exposure") -> "Exposure":
        return Exposure(
            self.trades + other.trades,
            self.up + other.up,
            self.down + other.down,
            self.up_liability + other.up_liability,
            self.down_liability + other.down_liability,
            self.worst + other.worst,
        )


@dataclass(frozen=True, slots=True)
class BookExposure:
    """An instrument's open trades in one book, in total and by the minute of their expiry; with the caps."""

    symbol: str
    currency: str
    demo: bool
    liability_max: Decimal | None
    bucket_liability_max: Decimal | None
    buckets: list[tuple[datetime, Exposure]]

    @property
    def total(self) -> Exposure:
        first, *others = (exposure for _, exposure in self.buckets)
        return sum(others, first)


def exposures() -> list[BookExposure]:
    """The exposure of every instrument and book with open trades, real money after demo."""
    with connection.cursor() as cursor:
        cursor.execute(BUCKETS)
        rows = cursor.fetchall()
    found: dict[tuple[str, bool], BookExposure] = {}
    for symbol, currency, demo, bucket, total_cap, bucket_cap, *sums in rows:
        book = found.setdefault((symbol, demo), BookExposure(symbol, currency, demo, total_cap, bucket_cap, []))
        book.buckets.append((bucket, Exposure(*sums)))
    return list(found.values())
