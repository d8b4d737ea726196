"""Stretches of an instrument's prices, as the rules look at them."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from trading.domain.prices import PricePoint, Source
from trading.models import IndexPrice

SECOND = timedelta(seconds=1)


def points(instrument_id: int, spans: Iterable[tuple[datetime, datetime]]) -> list[PricePoint]:
    """The prices at whole seconds within these spans, ends included, ascending: one query."""
    seconds = {start + offset * SECOND for start, end in set(spans) for offset in range((end - start) // SECOND + 1)}
    rows = IndexPrice.objects.filter(instrument_id=instrument_id, priced_at__in=seconds).order_by("priced_at")
    fields = rows.values_list("priced_at", "price", "source")
    return [PricePoint(at, price, source == Source.LIVE) for at, price, source in fields]
