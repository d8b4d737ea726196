"""TradingView's UDF: the protocol by which its charting library asks a server for bars.

https://www.tradingview.com/charting-library-docs/latest/connecting_data/UDF: times are whole seconds since 1970, prices
JSON numbers, errors `{"s": "error", "errmsg"}`. Any website may ask: no answer contains personal data.
"""

import re
from datetime import UTC, datetime
from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.domain.errors import Refusal
from accounts.domain.notation import places
from accounts.rest.doors import asks
from trading.api.history import GOING_ON, PAST, is_over
from trading.api.market import Public
from trading.domain.candles import Bar, Interval
from trading.selectors.history import Priced, Span, candles_within, priced
from trading.selectors.listings import listings

EXCHANGE = "cryptotrader"
RESOLUTIONS = {
    "1S": Interval.SECOND,
    "5S": Interval.FIVE_SECONDS,
    "1": Interval.MINUTE,
    "5": Interval.FIVE_MINUTES,
    "15": Interval.QUARTER,
    "60": Interval.HOUR,
    "1D": Interval.DAY,
}
BARS_MAX = 5000
FOUND_MAX = 100
_WHOLE = re.compile(r"0|[1-9][0-9]{0,10}")
_SECONDS = re.compile(r"-?(0|[1-9][0-9]{0,10})")
_SPELLINGS = {"D": "1D", "S": "1S"}


class Wrong(Exception):
    """A parameter that can't be read; the text names it and the reason."""


class UdfDoor(Public):
    """Answers in the protocol's form, errors too."""

    authentication_classes = ()

    def finalize_response(self, request: Request, response: Response, *args: Any, **kwargs: Any) -> Response:
        response["Access-Control-Allow-Origin"] = "*"
        return super().finalize_response(request, response, *args, **kwargs)

    def handle_exception(self, error: Exception) -> Response:
        if isinstance(error, Wrong):
            return _error(400, str(error))
        if isinstance(error, Refusal):
            faults = ", ".join(f"{fault.field}: {fault.message}" for fault in error.fields)
            return _error(error.status, faults or error.title)
        problem = super().handle_exception(error)
        answer = _error(problem.status_code, str(problem.data["title"]))
        if "Retry-After" in problem.headers:
            answer["Retry-After"] = problem.headers["Retry-After"]
        return answer


class Config(UdfDoor):
    def get(self, request: Request) -> Response:
        body = {
            "supports_search": True,
            "supports_group_request": False,
            "supports_marks": False,
            "supports_timescale_marks": False,
            "supports_time": True,
            "supported_resolutions": list(RESOLUTIONS),
            "exchanges": [{"value": EXCHANGE, "name": EXCHANGE, "desc": EXCHANGE}],
            "symbols_types": [{"value": "crypto", "name": "Crypto"}],
        }
        return Response(body, headers={"Cache-Control": "public, max-age=3600"})


class Time(UdfDoor):
    def get(self, request: Request) -> HttpResponse:
        """The server's clock as a bare number, in the protocol's form."""
        text = str(int(timezone.now().timestamp()))
        return HttpResponse(text, content_type="text/plain", headers={"Cache-Control": "no-store"})


class Symbols(UdfDoor):
    @asks("symbol")
    def get(self, request: Request) -> Response:
        return Response(_symbol(priced(_ticker(request))), headers={"Cache-Control": "public, max-age=60"})


class Search(UdfDoor):
    @asks("query", "type", "exchange", "limit")
    def get(self, request: Request) -> Response:
        wanted = request.query_params.get("query", "").upper()
        limit = min(_whole(request, "limit", FOUND_MAX), FOUND_MAX)
        if request.query_params.get("type") not in (None, "", "crypto"):
            return Response([])
        if request.query_params.get("exchange") not in (None, "", EXCHANGE):
            return Response([])
        symbols = [each.instrument.symbol for each in listings(timezone.now()) if wanted in each.instrument.symbol]
        found = [
            {"symbol": s, "full_name": s, "ticker": s, "description": s, "exchange": EXCHANGE, "type": "crypto"}
            for s in symbols[:limit]
        ]
        return Response(found, headers={"Cache-Control": "public, max-age=60"})


class History(UdfDoor):
    @asks("symbol", "resolution", "from", "to", "countback")
    def get(self, request: Request) -> Response:
        interval = RESOLUTIONS.get(_resolution(request))
        if interval is None:
            raise Wrong(f"resolution must be one of {', '.join(RESOLUTIONS)}")
        span = _span(request)
        found = priced(_ticker(request))
        bars = candles_within(found.instrument, interval, span)
        body = _bars(bars) if bars else _no_data(found, interval, span)
        over = is_over(found, interval, span.until)
        return Response(body, headers={"Cache-Control": PAST if over else GOING_ON})


def _span(request: Request) -> Span:
    """The time from `from` to before `to`. With `countback`: that many bars before `to`, and `from` is ignored."""
    until = _instant(request, "to")
    since = _instant(request, "from") if "from" in request.query_params else None
    if "countback" in request.query_params:
        count = _whole(request, "countback", 0)
        if not count:
            raise Wrong("countback must be above 0")
        return Span(None, until, min(count, BARS_MAX))
    if since is None:
        raise Wrong("from is required")
    if until < since:
        raise Wrong("from must not be after to")
    return Span(since, until, BARS_MAX)


def _bars(bars: list[Bar]) -> dict[str, Any]:
    return {
        "s": "ok",
        "t": [int(bar.opened_at.timestamp()) for bar in bars],
        "o": [float(bar.open) for bar in bars],
        "h": [float(bar.high) for bar in bars],
        "l": [float(bar.low) for bar in bars],
        "c": [float(bar.close) for bar in bars],
        "simulated": any(bar.simulated for bar in bars),
    }


def _no_data(found: Priced, interval: Interval, span: Span) -> dict[str, Any]:
    """The answer without bars. `nextTime` is the bar before, where the library continues its search."""
    before = candles_within(found.instrument, interval, Span(None, span.since or span.until, 1))
    return {"s": "no_data"} | ({"nextTime": int(before[0].opened_at.timestamp())} if before else {})


def _symbol(found: Priced) -> dict[str, Any]:
    symbol, pip = found.instrument.symbol, found.instrument.pip
    scale = 10 ** places(pip)
    return {
        "name": symbol,
        "ticker": symbol,
        "description": f"{symbol} index (simulated)" if found.simulated else f"{symbol} index",
        "type": "crypto",
        "session": "24x7",
        "timezone": "Etc/UTC",
        "exchange": EXCHANGE,
        "listed_exchange": EXCHANGE,
        "format": "price",
        "minmov": int(pip * scale),
        "pricescale": scale,
        "has_seconds": True,
        "seconds_multipliers": ["1", "5"],
        "has_intraday": True,
        "intraday_multipliers": ["1", "5", "15", "60"],
        "has_daily": True,
        "has_weekly_and_monthly": False,
        "supported_resolutions": list(RESOLUTIONS),
        "visible_plots_set": "ohlc",
        "data_status": "streaming",
    }


def _ticker(request: Request) -> str:
    """The symbol, with or without our name as a prefix."""
    symbol = request.query_params.get("symbol", "").removeprefix(f"{EXCHANGE}:")
    if not symbol:
        raise Wrong("symbol is required")
    return symbol


def _resolution(request: Request) -> str:
    text = request.query_params.get("resolution", "")
    return _SPELLINGS.get(text, text)


def _whole(request: Request, name: str, default: int) -> int:
    text = request.query_params.get(name, str(default))
    if not _WHOLE.fullmatch(text):
        raise Wrong(f"{name} must be a whole number")
    return int(text)


def _instant(request: Request, name: str) -> datetime:
    """The library asks from before 1970 when little is shown: there is nothing, so 1970 means the same."""
    text = request.query_params.get(name)
    if text is None:
        raise Wrong(f"{name} is required")
    if not _SECONDS.fullmatch(text):
        raise Wrong(f"{name} must be whole seconds since 1970")
    return datetime.fromtimestamp(max(int(text), 0), UTC)


def _error(status: int, message: str) -> Response:
    return Response({"s": "error", "errmsg": message}, status=status, headers={"Cache-Control": "no-store"})
