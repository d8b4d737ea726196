"""The history of an instrument's index: pages of prices and of candles."""

import json
import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from django.http import HttpResponse
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.domain.errors import FieldError, InvalidInput
from accounts.rest.caching import kept
from accounts.rest.doors import asks
from accounts.rest.windows import PAGE, check_order, following, instant_of, limit_of
from trading.api.market import Public
from trading.domain.candles import EPOCH, Interval
from trading.selectors.candle_pages import candle_page
from trading.selectors.history import Priced, Span, priced, prices_within
from trading.wire import market as wire_market

LIMIT_MAX = 1000
SPAN = ("since", "until", *PAGE)
PAST = "public, max-age=86400"
"""The cache header of a page that never changes again."""

GOING_ON = "public, max-age=1"
_CURSOR = re.compile(r"0|[1-9][0-9]{0,10}")
MICROSECOND = timedelta(microseconds=1)
SECOND = timedelta(seconds=1)


class Prices(Public):
    @asks(*SPAN)
    def get(self, request: Request, symbol: str) -> Response:
        span = span_of(request)
        found = priced(symbol)
        prices = prices_within(found.instrument, span)
        ends = (prices[0].priced_at, prices[-1].priced_at) if len(prices) == span.limit else None
        page = _page(request, found, span, Interval.SECOND, ends)
        body = {"results": [wire_market.index_price(price) for price in prices], "next": page.following}
        return Response(body, headers=page.headers)


class Candles(Public):
    @asks("interval", *SPAN)
    def get(self, request: Request, symbol: str) -> HttpResponse:
        span, interval = span_of(request), interval_of(request)
        found = priced(symbol)
        # The end of the chain names all prices before it, and so all candles.
        content = kept(
            request, f"{found.digest} {found.instrument.pip}", lambda: _candles(request, found, span, interval)
        )
        caching, _, text = content.partition(b"\n")
        return HttpResponse(text, content_type="application/json", headers={"Cache-Control": caching.decode()})


def _candles(request: Request, found: Priced, span: Span, interval: Interval) -> bytes:
    """The cache header, and in the second line the body."""
    candles = candle_page(found.instrument, interval, span)
    page = _page(request, found, span, interval, candles.ends if candles.count == span.limit else None)
    head = json.dumps({"instrument": found.instrument.symbol, "interval": interval, "next": page.following})
    return f'{page.headers["Cache-Control"]}\n{head[:-1]},"results":{candles.text}}}'.encode()


def interval_of(request: Request) -> Interval:
    """`?interval=`. Raises InvalidInput."""
    text = request.query_params.get("interval", "")
    if text not in list(Interval):
        raise InvalidInput(fields=(FieldError("interval", "unknown", f"one of {', '.join(Interval)}"),))
    return Interval(text)


def span_of(request: Request) -> Span:
    """Read `?since=`, `?until=`, `?limit=` and `?cursor=`.

    The span goes forward from `since`; without it, back from `until` or the newest. Raises InvalidInput.
    """
    since, until = instant_of(request, "since"), instant_of(request, "until")
    check_order(since, until)
    span = Span(since, until, limit_of(request, default=300, most=LIMIT_MAX), forward=since is not None)
    text = request.query_params.get("cursor")
    if text is None:
        return span
    cursor = datetime.fromtimestamp(int(text), UTC) if _CURSOR.fullmatch(text) else None
    if cursor is None or not _goes_on(span, cursor):
        raise InvalidInput(fields=(FieldError("cursor", "invalid", "use the `next` of a page"),))
    return replace(span, since=cursor) if span.forward else replace(span, until=cursor)


def _goes_on(span: Span, cursor: datetime) -> bool:
    """Whether the cursor lies within the span: else the page would show entries outside the span."""
    if span.since is not None:
        return cursor > span.since
    return span.until is None or cursor < span.until


@dataclass(frozen=True, slots=True)
class Page:
    """The address of the next page, None after the last one, and the headers of this page."""

    following: str | None
    headers: dict[str, str]


def _page(
    request: Request, found: Priced, span: Span, interval: Interval, ends: tuple[datetime, datetime] | None
) -> Page:
    """`ends` are the first and the last time of a full page, None for a page that isn't full."""
    end, after = span.until, None
    if ends is not None:
        cursor = ends[1] + interval.length if span.forward else ends[0]
        after = following(request, ends, 1, int(cursor.timestamp()))
        end = cursor if span.forward else end
    return Page(after, {"Cache-Control": PAST if is_over(found, interval, end) else GOING_ON})


def is_over(found: Priced, interval: Interval, end: datetime | None) -> bool:
    """Whether all prices that can ever come before `end` are stored: prices only come after the newest."""
    if end is None or found.priced_at is None:
        return False
    last = interval.opening(max(end, EPOCH + MICROSECOND) - MICROSECOND)
    return last <= found.priced_at + SECOND - interval.length
