from datetime import datetime

from django.db import connection, transaction

AHEAD = 3
"""The number of months that get their partition before they begin."""

MONTHS = """
    SELECT * FROM generate_series(
        date_trunc('month', %(now)s::timestamptz, 'UTC'),
        %(now)s::timestamptz + %(ahead)s * interval '1 month', interval '1 month'
    )
    UNION
    SELECT DISTINCT date_trunc('month', priced_at, 'UTC') FROM index_prices_default
"""


def make_price_partitions(*, now: datetime) -> int:
    """Make the partitions of this month and the next ones; returns the number of new ones. Safe to repeat.

    Prices don't depend on it: those of a month without a partition are stored in a common one, and moved from there
    when the month is over. Each month has its own transaction: prices wait for one move, not for all.
    """
    with connection.cursor() as cursor:
        cursor.execute(MONTHS, {"now": now, "ahead": AHEAD})
        months = sorted(month for (month,) in cursor.fetchall())
    return sum(_make(month) for month in months)


def _make(month: datetime) -> bool:
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0")  # a move of a month of prices takes minutes
        cursor.execute("SELECT make_price_partition(%s)", [month])
        return bool(cursor.fetchone()[0])
