"""Months of stored prices, and the pruned ones among them."""

from datetime import date

from django.db import connection

from trading.models import PricePruning


def months_to_prune(*, before: date) -> list[date]:
    """The past months that have a partition and haven't been pruned, the earliest first."""
    query = r"""
        SELECT to_date(right(inhrelid::regclass::text, 7), 'YYYY_MM') FROM pg_inherits
        WHERE inhparent = 'index_prices'::regclass AND inhrelid::regclass::text ~ '_\d{4}_\d\d$' ORDER BY 1
    """
    pruned = set(PricePruning.objects.values_list("month", flat=True))
    with connection.cursor() as cursor:
        cursor.execute(query)
        return [month for (month,) in cursor.fetchall() if month < before and month not in pruned]


def is_pruned(day: date) -> bool:
    """Whether prices of this day's month were removed."""
    return PricePruning.objects.filter(month=day.replace(day=1)).exists()
