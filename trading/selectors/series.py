"""Spans of an instrument's prices for the rules."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from trading.domain.prices import PricePoint, Source
from trading.models import IndexPrice, PriceHead

SECOND = timedelta(seconds=1)


def points(instrument_id: int, spans: Iterable[tuple[datetime, datetime]]) -> list[PricePoint]:
    """The prices at whole seconds within these spans, ends included, ascending: one query."""
    seconds = {start + offset * SECOND for start, end in set(spans) for offset in range((end - start) // SECOND + 1)}
    rows = IndexPrice.objects.filter(instrument_id=instrument_id, priced_at__in=seconds).order_by("priced_at")
    fields = rows.values_list("priced_at", "price", "source")
    return [PricePoint(at, price, source == Source.LIVE) for at, price, source in fields]


def series_to_date(
    instrument_id: int, spans: Iterable[tuple[datetime, datetime]], newest: PriceHead | None
) -> list[PricePoint]:
    """The points of these spans, then the newest price if it is later: settlement waits for the series to come so far.

    A point may be later than `newest`, if its price came after `newest` was read.
    """
    found = points(instrument_id, spans)
    if newest and (not found or found[-1].priced_at < newest.priced_at):
        found.append(PricePoint(newest.priced_at, newest.price, newest.source == Source.LIVE))
    return found
