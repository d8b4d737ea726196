"""How far instruments have moved: the prices that a change is measured from."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal

from trading.domain.candles import Interval
from trading.models import Candle


def opening_prices(instrument_ids: Iterable[int], *, since: datetime) -> dict[int, Decimal]:
    """The first price of each instrument at or after `since`, to the minute; an instrument without one is missing."""
    opened = Candle.objects.filter(
        instrument_id__in=list(instrument_ids), interval=Interval.MINUTE.seconds, opened_at__gte=since
    )
    rows = opened.order_by("instrument_id", "opened_at").distinct("instrument_id")
    return dict(rows.values_list("instrument_id", "open"))
