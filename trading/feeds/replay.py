"""The replay feed: plays a recording, with its receive times moved to now."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import structlog

from trading.domain.prices import Source, Tick
from trading.feeds.recording import BestPrice, NotARecording, Recording
from trading.feeds.source import FeedInstrument

log = structlog.get_logger(__name__)

VENUE = "binance"
SPEED_MIN, SPEED_MAX = Decimal("0.01"), Decimal(1000)

SEAM_SECONDS = 15
"""The silence before a recording begins again: the price leaps there, so trades must not span the leap unaware.

3 s after the last tick the index stops. Then there is no price for longer than an order waits for its entry (5 s):
orders are refused, and trades whose entry or exit falls into the silence are void.
"""

_SECOND_US = 1_000_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class ReplayFeed:
    """Recorded best prices of one venue, re-stamped to now, from the first drained second on, over and over.

    At speed 1 a tick's time is its recorded receive time, truncated to µs, plus one whole number of seconds for the
    whole pass, so that anybody who has the recording can recompute every index price. At another speed the time since
    the pass began is divided by it (whole µs, rounded down).
    """

    source = Source.REPLAY
    converting: frozenset[str] = frozenset()

    def __init__(
        self, recording: Recording, instruments: Iterable[FeedInstrument], *, speed: Decimal = Decimal(1)
    ) -> None:
        self._recording = recording
        self._symbols = {
            item.symbol.replace("-", ""): item.symbol
            for item in instruments
            if item.symbol.replace("-", "") in recording.symbols
        }
        self._speed = speed
        self._ticks: Iterator[tuple[str, Tick]] | None = None
        self._ahead: tuple[str, Tick] | None = None

    @property
    def instruments(self) -> frozenset[str]:
        return frozenset(self._symbols.values())

    def venues_min(self, instrument_default: int) -> int:
        return 1

    def drain(self, until: datetime) -> Iterator[tuple[str, Tick]]:
        """The ticks up to `until`; the first call begins the recording at its second."""
        if self._ticks is None:
            self._ticks = self._passes(_us(until) // _SECOND_US * _SECOND_US)
            self._ahead = next(self._ticks)
        while (ahead := self._ahead) is not None and ahead[1].received_at <= until:
            self._ahead = next(self._ticks)
            yield ahead

    def _passes(self, begin_us: int) -> Iterator[tuple[str, Tick]]:
        while True:
            log.info("the recording begins", file=self._recording.path.name, at=_instant(begin_us).isoformat())
            last: Tick | None = None
            for symbol, last in self._one_pass(begin_us):
                yield symbol, last
            if last is None:
                raise NotARecording(f"{self._recording.path} has no best prices any more")
            begin_us = (_us(last.received_at) // _SECOND_US + SEAM_SECONDS) * _SECOND_US
            log.warning(
                "the recording is over and starts again: the price will leap",
                file=self._recording.path.name,
                last_tick=last.received_at.isoformat(),
                silent_until=_instant(begin_us).isoformat(),
            )

    def _one_pass(self, begin_us: int) -> Iterator[tuple[str, Tick]]:
        recorded_begin_us: int | None = None
        for item in self._recording.best_prices():
            if item.symbol not in self._symbols:
                continue
            if recorded_begin_us is None:
                recorded_begin_us = item.received_us // _SECOND_US * _SECOND_US
            since_us = int((item.received_us - recorded_begin_us) / self._speed)
            yield self._symbols[item.symbol], _tick(item, begin_us + since_us)


def _tick(item: BestPrice, received_us: int) -> Tick:
    return Tick(venue=VENUE, bid=item.bid, ask=item.ask, venue_at=None, received_at=_instant(received_us))


def _instant(us: int) -> datetime:
    return _EPOCH + timedelta(microseconds=us)


def _us(instant: datetime) -> int:
    return (instant - _EPOCH) // timedelta(microseconds=1)
