from collections.abc import Sequence
from datetime import datetime

from django.db import connection, transaction

from trading.domain.index import counted, venue_inputs
from trading.domain.prices import Source
from trading.domain.reading import PriceRefused, Reading
from trading.models import IndexPrice, Instrument
from trading.selectors.listings import newest_prices
from trading.selectors.venues import venues_counted
from trading.steps.next_price import next_price


def record_past_prices(
    *, instrument: str, readings: Sequence[tuple[datetime, Reading]], only_first: bool = False
) -> int:
    """Chain simulated prices of the past to an instrument that has no later ones: for a demo. Returns their number.

    It takes the tables' owner: the guard that refuses prices of the past is off inside the transaction, for this
    statement alone. A second with too few venues has no price. Raises PriceRefused for a source that isn't simulated,
    and where the chain has a later price; with `only_first`, where it has any.
    """
    if any(reading.source != Source.SIMULATED for _, reading in readings):
        raise PriceRefused("only simulated prices can be of the past")
    row = Instrument.objects.get(symbol=instrument)
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        last = next(iter(newest_prices([row.pk])), None)
        if only_first and last is not None:
            raise PriceRefused(f"{instrument} has prices already")
        before = venues_counted([last])[row.pk] if last is not None else frozenset()
        prices: list[IndexPrice] = []
        for at, reading in readings:
            venues = venue_inputs(reading.ticks, at=at, before=before)
            price = next_price(row, prices[-1] if prices else last, reading, venues, at, at)
            if price is not None:
                prices.append(price)
                before = counted(price.venues)
        cursor.execute("SELECT tgenabled <> 'D' FROM pg_trigger WHERE tgname = 'prices_by_the_clock'")
        guarded = cursor.fetchone()[0]
        if guarded:
            cursor.execute("ALTER TABLE index_prices DISABLE TRIGGER prices_by_the_clock")
        IndexPrice.objects.bulk_create(prices, batch_size=1000)
        if guarded:
            cursor.execute("ALTER TABLE index_prices ENABLE TRIGGER prices_by_the_clock")
    return len(prices)
