"""Instruments and seconds for the tests of the feeds."""

from collections import deque
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from trading.domain.index import counted, index_of, venue_inputs
from trading.domain.prices import Source, Tick
from trading.domain.rules import RULES_NOW
from trading.feeds.source import FeedInstrument, FeedSource

NOON = datetime(2026, 3, 1, 12, 0, 0, tzinfo=UTC)
BTC = FeedInstrument(1, "BTC-USDT", Decimal("0.01"), 3)
ETH = FeedInstrument(2, "ETH-USDT", Decimal("0.01"), 3)
XRP = FeedInstrument(3, "XRP-USDT", Decimal("0.0001"), 3)


def after(seconds: float) -> datetime:
    """The time this many seconds after noon."""
    return NOON + timedelta(seconds=seconds)


class ScriptedFeed:
    """Ticks from a test, in order of receipt, for a replay that needs no recording."""

    source = Source.REPLAY

    def __init__(self, ticks: Iterable[tuple[str, Tick]], *, venues_min: int | None = None) -> None:
        self._ticks = deque(ticks)
        self.converting = frozenset(tick.conversion for _, tick in self._ticks if tick.conversion)
        self._venues_min = venues_min
        self.instruments = frozenset(symbol for symbol, _ in self._ticks)

    def venues_min(self, instrument_default: int) -> int:
        return self._venues_min or instrument_default

    def drain(self, until: datetime) -> list[tuple[str, Tick]]:
        drained = []
        while self._ticks and self._ticks[0][1].received_at <= until:
            drained.append(self._ticks.popleft())
        return drained


def index_series(source: FeedSource, item: FeedInstrument, seconds: Iterable[int]) -> list[Decimal | None]:
    """The index at each of these seconds after noon, from a publisher that drains every second."""
    newest: dict[str, Tick] = {}
    before: frozenset[str] = frozenset()
    series = []
    for second in seconds:
        newest |= {tick.venue: tick for symbol, tick in source.drain(after(second)) if symbol == item.symbol}
        venues_min = source.venues_min(item.venues_min)
        inputs = venue_inputs(newest.values(), at=after(second), before=before)
        series.append(index_of(inputs, pip=item.pip, venues_min=venues_min, rules=RULES_NOW))
        before = counted(inputs) if series[-1] is not None else before
    return series
