from collections.abc import Sequence
from datetime import date

from django.db import connection, transaction

from trading.models import Instrument


def rebuild_candles(*, symbols: Sequence[str], day: date) -> int:
    """Make one UTC day's candles of these instruments anew from the prices that are kept; how many there are.

    Candles are derived, so nothing is lost when they are. The next price of an instrument waits meanwhile, well
    under a second.
    """
    made = 0
    for pk in Instrument.objects.filter(symbol__in=symbols).values_list("pk", flat=True):
        with transaction.atomic(durable=True), connection.cursor() as cursor:
            cursor.execute("SELECT rebuild_candles(%s, %s)", [pk, day])
            made += cursor.fetchone()[0]
    return made
