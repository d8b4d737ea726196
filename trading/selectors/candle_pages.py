"""Pages of candles as JSON text from PostgreSQL: a page of 1,000 takes a tenth of the time that objects take.

The text is the same as that of `wire.candles` for the same candles; a test compares the two.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from accounts.domain.notation import places
from trading.domain.candles import Interval
from trading.models import Instrument
from trading.selectors.history import Span

KEPT = """
    SELECT opened_at, open, high, low, close, count, simulated FROM candles
    WHERE instrument_id = %(instrument)s AND interval = %(seconds)s
      AND opened_at >= %(since)s::timestamptz AND opened_at < %(until)s::timestamptz
    ORDER BY opened_at {order} LIMIT %(limit)s
"""
SECONDS = """
    SELECT priced_at, price, price, price, price, 1, source <> 'live' FROM index_prices
    WHERE instrument_id = %(instrument)s
      AND priced_at >= %(since)s::timestamptz AND priced_at < %(until)s::timestamptz
    ORDER BY priced_at {order} LIMIT %(limit)s
"""
WRITTEN = """
    SELECT count(*), min(at), max(at), coalesce(string_agg(format(
        '{{"opened_at":"%%s","open":"%%s","high":"%%s","low":"%%s","close":"%%s","count":%%s,"simulated":%%s}}',
        to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), round(o, %(scale)s), round(h, %(scale)s),
        round(l, %(scale)s), round(c, %(scale)s), n, to_json(s)
    ), ',' ORDER BY at), '')
    FROM ({page}) AS page(at, o, h, l, c, n, s)
"""


@dataclass(frozen=True, slots=True)
class CandlePage:
    """`text` is a JSON list; `ends` are the openings of its first and its last candle, None on an empty page."""

    count: int
    ends: tuple[datetime, datetime] | None
    text: str


def candle_page(instrument: Instrument, interval: Interval, span: Span) -> CandlePage:
    """The candles that opened in this span, and the one under way."""
    page = (KEPT if interval.is_kept else SECONDS).format(order="ASC" if span.forward else "DESC")
    params = {
        "instrument": instrument.pk,
        "seconds": interval.seconds,
        "since": span.since or "-infinity",
        "until": span.until or "infinity",
        "limit": span.limit,
        "scale": places(instrument.pip),
    }
    with connection.cursor() as cursor:
        cursor.execute(WRITTEN.format(page=page), params)
        count, first, last, text = cursor.fetchone()
    return CandlePage(count, (first, last) if count else None, f"[{text}]")
