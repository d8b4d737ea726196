from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection

from trading.domain.caps import IN_TOTAL
from trading.steps.liability_sql import COUNTED, RELEASE, SWEEP

KEPT = timedelta(minutes=10)
"""The time for which an empty bucket stays after its minute: nobody can take from it any more."""


def release_liability(*, instrument_id: int, trades: Sequence[UUID], now: datetime) -> None:
    """Release the house's liability on ended trades of one instrument; call it once for each trade.

    Inside the caller's transaction, after the trades are locked and the transfers made: that is the order of locks. One
    statement for any number of trades; where there is no cap it does nothing.
    """
    params: dict[str, Any] = {"instrument": instrument_id}
    with connection.cursor() as cursor:
        cursor.execute(COUNTED, params)
        if cursor.fetchone() == (False,):
            return
        cursor.execute(RELEASE, {"trades": list(trades)})
        if cursor.rowcount:
            cursor.execute(SWEEP, params | {"in_total": IN_TOTAL, "before": now - KEPT})
