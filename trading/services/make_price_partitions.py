from datetime import datetime

from django.db import connection, transaction

AHEAD = 3
"""Months that have their partition before they begin."""


def make_price_partitions(*, now: datetime) -> int:
    """Make the partitions of this month and the next ones; how many are new. Safe to run any number of times.

    Prices don't depend on it: what has no partition of its own is stored in a common one, and moved from there when
    its month gets one.
    """
    query = """
        SELECT count(*) FILTER (WHERE make_price_partition(month)) FROM generate_series(
            date_trunc('month', %(now)s::timestamptz, 'UTC'), %(now)s::timestamptz + %(ahead)s * interval '1 month',
            interval '1 month'
        ) AS month
    """
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute(query, {"now": now, "ahead": AHEAD})
        return int(cursor.fetchone()[0])
