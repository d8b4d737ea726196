"""What an instrument's index did: its prices and its candles, in pages."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.windows import following, instant_of, limit_of
from accounts.domain.errors import FieldError, InvalidInput
from trading import wire
from trading.api.market import Public
from trading.domain.candles import EPOCH, Interval
from trading.selectors.history import Priced, Span, candles_within, priced, prices_within

LIMIT_MAX = 1000
PAST = "public, max-age=86400"
"""Nothing in it changes any more."""

GOING_ON = "public, max-age=1"
_CURSOR = re.compile(r"[0-9]{1,11}")
MICROSECOND = timedelta(microseconds=1)
SECOND = timedelta(seconds=1)


class Prices(Public):
    def get(self, request: Request, symbol: str) -> Response:
        span = span_of(request)
        found = priced(symbol)
        prices = prices_within(found.instrument, span)
        times = [price.priced_at for price in prices]
        return _page(request, found, span, Interval.SECOND, times, {"results": [wire.index_price(p) for p in prices]})


class Candles(Public):
    def get(self, request: Request, symbol: str) -> Response:
        span, interval = span_of(request), interval_of(request)
        found = priced(symbol)
        bars = candles_within(found.instrument, interval, span)
        body = {
            "instrument": found.instrument.symbol,
            "interval": interval.value,
            "results": wire.candles(bars, found.instrument.pip),
        }
        return _page(request, found, span, interval, [bar.opened_at for bar in bars], body)


def interval_of(request: Request) -> Interval:
    """`?interval=`. Raises InvalidInput."""
    text = request.query_params.get("interval", "")
    if text not in list(Interval):
        raise InvalidInput(fields=(FieldError("interval", "unknown", f"one of {', '.join(Interval)}"),))
    return Interval(text)


def span_of(request: Request) -> Span:
    """`?since=`, `?until=`, `?limit=` and `?cursor=`: forward from `since`, else back from `until` or the newest.

    Raises InvalidInput.
    """
    since, until = instant_of(request, "since"), instant_of(request, "until")
    span = Span(since, until, limit_of(request, default=300, most=LIMIT_MAX), forward=since is not None)
    text = request.query_params.get("cursor")
    if text is None:
        return span
    if not _CURSOR.fullmatch(text):
        raise InvalidInput(fields=(FieldError("cursor", "invalid", "use the `next` of a page"),))
    cursor = datetime.fromtimestamp(int(text), UTC)
    return replace(span, since=cursor) if span.forward else replace(span, until=cursor)


def _page(
    request: Request, found: Priced, span: Span, interval: Interval, times: list[datetime], body: dict[str, Any]
) -> Response:
    end = span.until
    cursor = None
    if len(times) == span.limit:
        cursor = times[-1] + interval.length if span.forward else times[0]
        end = cursor if span.forward else end
    after = following(request, times, span.limit, int(cursor.timestamp()) if cursor else None)
    cache = PAST if is_over(found, interval, end) else GOING_ON
    return Response(body | {"next": after}, headers={"Cache-Control": cache})


def is_over(found: Priced, interval: Interval, end: datetime | None) -> bool:
    """Whether all that there ever will be before `end` is there: prices only come after the newest."""
    if end is None or found.priced_at is None:
        return False
    last = interval.opening(max(end, EPOCH + MICROSECOND) - MICROSECOND)
    return last <= found.priced_at + SECOND - interval.length
