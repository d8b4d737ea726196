from datetime import date

from django.db import connection, transaction

from trading.models import Instrument
from trading.selectors.price_months import is_pruned


class MonthPruned(Exception):
    """The prices are gone: the existing candles say more than new ones could."""


def rebuild_candles(*, day: date) -> int:
    """Make one UTC day's candles of all instruments anew from the stored prices; returns their number.

    The next price of an instrument waits meanwhile, for about a second. Raises MonthPruned.
    """
    if is_pruned(day):
        raise MonthPruned(f"the prices of {day:%Y-%m} were pruned")
    made = 0
    for pk in Instrument.objects.order_by("pk").values_list("pk", flat=True):
        with transaction.atomic(durable=True), connection.cursor() as cursor:
            cursor.execute("SELECT rebuild_candles(%s, %s)", [pk, day])
            made += cursor.fetchone()[0]
    return made
