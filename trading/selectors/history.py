"""Prices and candles of an instrument's index, forward from a moment or back from one."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.db import connection
from django.db.models import Q

from accounts.domain.texts import storable
from trading.domain.candles import Bar, Interval
from trading.domain.errors import UnknownInstrument
from trading.domain.prices import Source
from trading.models import Candle, IndexPrice, Instrument, PriceHead


@dataclass(frozen=True, slots=True)
class Span:
    """since ≤ time < until. `forward`: the first `limit` entries, else the last ones; always ascending."""

    since: datetime | None
    until: datetime | None
    limit: int
    forward: bool = False


@dataclass(frozen=True, slots=True)
class Priced:
    """An instrument and the end of its chain: None, 0, False and no digest before the first price."""

    instrument: Instrument
    priced_at: datetime | None
    sequence: int
    simulated: bool
    digest: str = ""


def priced(symbol: str) -> Priced:
    """This instrument, in any status. Raises UnknownInstrument."""
    rows = Instrument.objects.filter(symbol=symbol).select_related("pricehead")
    instrument = rows.first() if storable(symbol) else None
    if instrument is None:
        raise UnknownInstrument(symbol)
    head: PriceHead | None = getattr(instrument, "pricehead", None)
    if head is None:
        return Priced(instrument, None, 0, False)
    return Priced(instrument, head.priced_at, head.sequence, head.source != Source.LIVE, head.digest)


def prices_within(instrument: Instrument, span: Span) -> list[IndexPrice]:
    """The prices of this span."""
    rows = IndexPrice.objects.filter(_within("priced_at", span), instrument=instrument)
    found = list(rows.order_by("priced_at" if span.forward else "-priced_at")[: span.limit])
    for price in found:
        price.instrument = instrument
    return found if span.forward else found[::-1]


def prices_after(instrument: Instrument, sequence: int, limit: int = 300) -> list[IndexPrice] | None:
    """The prices that a stream missed after this sequence number, ascending; None when they are more than `limit`."""
    head = PriceHead.objects.filter(instrument=instrument).first()
    if head is None or head.sequence <= sequence:
        return []
    missed = head.sequence - sequence
    # Up to the head: a price that came since would take the place of the first one that was missed.
    until = head.priced_at + timedelta(microseconds=1)
    return None if missed > limit else prices_within(instrument, Span(None, until, missed))


def candles_within(instrument: Instrument, interval: Interval, span: Span) -> list[Bar]:
    """The candles that opened in this span, and the one under way; an interval without prices has none."""
    if interval.is_kept:
        rows = Candle.objects.filter(_within("opened_at", span), instrument=instrument, interval=interval.seconds)
        kept = rows.order_by("opened_at" if span.forward else "-opened_at").values_list(
            "opened_at", "open", "high", "low", "close", "count", "simulated"
        )
        found = [Bar(*row) for row in kept[: span.limit]]
    else:
        prices = IndexPrice.objects.filter(_within("priced_at", span), instrument=instrument)
        points = prices.order_by("priced_at" if span.forward else "-priced_at").values_list(
            "priced_at", "price", "source"
        )
        found = [
            Bar(at, price, price, price, price, 1, source != Source.LIVE) for at, price, source in points[: span.limit]
        ]
    return found if span.forward else found[::-1]


def latest_candles(wanted: Sequence[tuple[int, Interval]]) -> dict[tuple[int, Interval], list[Bar]]:
    """The candle under way and the one before, ascending, for each (instrument id, interval); in one statement."""
    query = """
        SELECT w.id, w.seconds, c.opened_at, c.open, c.high, c.low, c.close, c.count, c.simulated
        FROM unnest(%(ids)s::bigint[], %(seconds)s::int[]) AS w(id, seconds), LATERAL (
            (SELECT opened_at, open, high, low, close, count, simulated FROM candles
             WHERE instrument_id = w.id AND interval = w.seconds AND w.seconds > 1 ORDER BY opened_at DESC LIMIT 2)
            UNION ALL
            (SELECT priced_at, price, price, price, price, 1, source <> 'live' FROM index_prices
             WHERE instrument_id = w.id AND w.seconds = 1 ORDER BY priced_at DESC LIMIT 2)
        ) AS c ORDER BY c.opened_at
    """
    found: dict[tuple[int, Interval], list[Bar]] = {each: [] for each in wanted}
    intervals = {interval.seconds: interval for interval in Interval}
    with connection.cursor() as cursor:
        cursor.execute(query, {"ids": [id for id, _ in wanted], "seconds": [i.seconds for _, i in wanted]})
        for id, seconds, *bar in cursor.fetchall():
            found[id, intervals[seconds]].append(Bar(*bar))
    return found


def _within(field: str, span: Span) -> Q:
    wanted = Q()
    if span.since is not None:
        wanted &= Q(**{f"{field}__gte": span.since})
    if span.until is not None:
        wanted &= Q(**{f"{field}__lt": span.until})
    return wanted


def opening_prices(instrument_ids: Iterable[int], *, since: datetime) -> dict[int, Decimal]:
    """The first price of each instrument at or after `since`, to the minute; an instrument without one is missing."""
    opened = Candle.objects.filter(
        instrument_id__in=list(instrument_ids), interval=Interval.MINUTE.seconds, opened_at__gte=since
    )
    rows = opened.order_by("instrument_id", "opened_at").distinct("instrument_id")
    return dict(rows.values_list("instrument_id", "open"))
