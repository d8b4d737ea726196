"""The only way an index price comes to be: the feed hands over ticks, never a price."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial

from django.db import transaction

from trading.domain.index import fresh, index_price
from trading.domain.prices import FIRST_LINK, chain_digest
from trading.domain.reading import LATENESS_MAX, PriceRefused, Reading, Recorded
from trading.domain.rules import CURRENT
from trading.models import IndexPrice, Instrument, PriceHead
from trading.publish import publish_prices
from trading.selectors import newest_prices


def record_index_prices(*, at: datetime, readings: Sequence[Reading], now: datetime) -> Recorded:
    """Decide, store, chain and publish the prices of the whole second `at`; no price where too few venues are fresh.

    Raises PriceRefused; then nothing is stored.
    """
    if at.microsecond or not timedelta(0) <= now - at <= LATENESS_MAX:
        raise PriceRefused(f"{at} can't be priced at {now}")
    with transaction.atomic(durable=True):
        prices, missing = _decide(at, readings, now)
        IndexPrice.objects.bulk_create(prices)
        transaction.on_commit(partial(publish_prices, prices))
        due = _due([price.instrument_id for price in prices], at)
    symbols = tuple(price.instrument.symbol for price in prices)
    return Recorded(symbols, missing, tuple(p.instrument.symbol for p in prices if p.instrument_id in due))


def _decide(at: datetime, readings: Sequence[Reading], now: datetime) -> tuple[list[IndexPrice], tuple[str, ...]]:
    instruments = Instrument.objects.in_bulk([r.instrument for r in readings], field_name="symbol")
    last = {p.instrument_id: p for p in newest_prices([i.pk for i in instruments.values()])}
    prices, missing = [], []
    for reading in readings:
        instrument = instruments[reading.instrument]
        price = index_price(reading.ticks, at=at, pip=instrument.pip, venues_min=reading.venues_min)
        if price is None:
            missing.append(reading.instrument)
        else:
            prices.append(_link(instrument, last.get(instrument.pk), reading, at, price, now))
    return prices, tuple(missing)


def _link(
    instrument: Instrument, last: PriceHead | None, reading: Reading, at: datetime, price: Decimal, now: datetime
) -> IndexPrice:
    if last is not None and last.priced_at >= at:
        raise PriceRefused(f"{instrument.symbol} is priced up to {last.priced_at} already")
    sequence = last.sequence + 1 if last else 1
    previous = last.digest if last else FIRST_LINK
    venues = [tick.as_input() for tick in fresh(reading.ticks, at)]
    digest = chain_digest(
        instrument=instrument.symbol,
        sequence=sequence,
        priced_at=at,
        price=price,
        source=reading.source,
        venues=venues,
        previous=previous,
        rule_version=CURRENT,
        pip=instrument.pip,
        venues_min=reading.venues_min,
    )
    return IndexPrice(
        instrument=instrument,
        sequence=sequence,
        priced_at=at,
        price=price,
        source=reading.source,
        venues=venues,
        previous=previous,
        digest=digest,
        recorded_at=now,
        rule_version=CURRENT,
        venues_min=reading.venues_min,
    )


def _due(instrument_ids: Sequence[int], at: datetime) -> set[int]:
    query = """
        SELECT id FROM unnest(%(ids)s::bigint[]) AS priced(id)
        WHERE EXISTS (SELECT FROM flash_trades t
                      WHERE t.instrument_id = priced.id AND t.state = 'pending' AND t.entry_at <= %(at)s)
           OR EXISTS (SELECT FROM flash_trades t
                      WHERE t.instrument_id = priced.id AND t.state <> 'settled' AND t.expires_at <= %(at)s)
    """
    with transaction.get_connection().cursor() as cursor:
        cursor.execute(query, {"ids": list(instrument_ids), "at": at})
        return {row[0] for row in cursor.fetchall()}
