"""Records index prices from the feed's ticks. There is no other way to create an index price."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial

from django.db import IntegrityError, transaction

from accounts.database_errors import constraint_of, message_of
from accounts.tracing import traced
from trading.domain.index import Conversion, venue_inputs
from trading.domain.reading import LATENESS_MAX, PriceRefused, Reading, Recorded
from trading.domain.rules import RULES_NOW
from trading.models import IndexPrice, Instrument, PriceHead
from trading.publish import publish_prices
from trading.selectors.due import instruments_with_due_trades
from trading.selectors.listings import newest_prices
from trading.selectors.venues import venues_counted
from trading.steps.next_price import next_price


@traced
def record_index_prices(*, at: datetime, readings: Sequence[Reading], now: datetime) -> Recorded:
    """Decide, store, chain and publish the prices of the whole second `at`; no price where too few venues are fresh.

    Raises PriceRefused, also when the database's clock is away from ours; then nothing is stored.
    """
    if at.microsecond or not timedelta(0) <= now - at <= LATENESS_MAX:
        raise PriceRefused(f"{at} can't be priced at {now}")
    try:
        return _record(at, readings, now)
    except IntegrityError as error:
        if constraint_of(error) != "prices_by_the_clock":
            raise
        raise PriceRefused(f"the database's clock is away from ours: {message_of(error)}") from error


def _record(at: datetime, readings: Sequence[Reading], now: datetime) -> Recorded:
    with transaction.atomic(durable=True):
        prices, missing = _decide(at, readings, now)
        IndexPrice.objects.bulk_create(prices)
        transaction.on_commit(partial(publish_prices, prices))
        symbols = tuple(price.instrument.symbol for price in prices)
        due = instruments_with_due_trades(at, among=symbols)
    return Recorded(symbols, missing, tuple(symbol for symbol in symbols if symbol in due))


def _decide(at: datetime, readings: Sequence[Reading], now: datetime) -> tuple[list[IndexPrice], tuple[str, ...]]:
    """Conversions first: the others need their price of the same second."""
    converting = {tick.conversion for reading in readings for tick in reading.ticks if tick.conversion}
    instruments = Instrument.objects.in_bulk([r.instrument for r in readings], field_name="symbol")
    heads = newest_prices([i.pk for i in instruments.values()])
    last: dict[int, PriceHead | IndexPrice] = {head.instrument_id: head for head in heads}
    before = venues_counted(heads)
    prices, missing = [], []
    for reading in sorted(readings, key=lambda reading: reading.instrument not in converting):
        instrument = instruments[reading.instrument]
        venues = venue_inputs(
            reading.ticks,
            at=at,
            conversions=_conversions(reading, {symbol: last.get(i.pk) for symbol, i in instruments.items()}, at),
            before=before.get(instrument.pk, frozenset()),
        )
        price = next_price(instrument, last.get(instrument.pk), reading, venues, at, now)
        if price is None:
            missing.append(reading.instrument)
        else:
            last[instrument.pk] = price
            prices.append(price)
    return prices, tuple(missing)


def _conversions(
    reading: Reading, last: Mapping[str, PriceHead | IndexPrice | None], at: datetime
) -> dict[str, Conversion]:
    """The newest price of each conversion, if it has the reading's source, is fresh and not later than `at`.

    An invented rate must not come into a live price, nor an old one into a new one. Another process's rate may be a
    second ahead or behind: nobody could show that it was the newest.
    """
    wanted = {tick.conversion: last.get(tick.conversion) for tick in reading.ticks if tick.conversion}
    return {
        symbol: Conversion(symbol, price.sequence, price.price)
        for symbol, price in wanted.items()
        if price and price.source == reading.source and timedelta(0) <= at - price.priced_at <= RULES_NOW.tick_age_max
    }
