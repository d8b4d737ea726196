"""A publisher with the real record and settlement, on a clock that only its own waiting moves."""

from collections.abc import Callable, MutableMapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from structlog.testing import capture_logs

from trading.domain.prices import Tick
from trading.domain.reading import Reading, Recorded
from trading.feeds.instruments import feed_instruments
from trading.feeds.publisher import Publisher
from trading.models import IndexPrice
from trading.services.prices.record_index_prices import record_index_prices
from trading.services.settlement.settle_due_trades import settle_due_trades
from trading.tests.feeds.instruments import NOON, ScriptedFeed, after

SYMBOL = "BTC-USDT"


@dataclass
class Stand:
    """Runs a publisher second by second, and lets events happen on the way."""

    now: datetime = NOON + timedelta(milliseconds=400)
    settled: list[int] = field(default_factory=list)
    """The seconds after noon at which it asked for settlement."""

    offered: list[str] = field(default_factory=list)
    """The symbols for which it asked for offers, second by second."""

    meanwhile: dict[int, Callable[[], object]] = field(default_factory=dict)
    """Events while it waits for a second (counted from noon)."""

    recording: dict[int, Callable[[], object]] = field(default_factory=dict)
    """Events while it records a second."""

    recorded: dict[int, Callable[[], object]] = field(default_factory=dict)
    """Events just after it has recorded a second."""

    def run(self, source: ScriptedFeed, *, until: int) -> list[MutableMapping[str, Any]]:
        """Publish until this second after noon; returns the log."""

        def wait(seconds: float) -> bool:
            self.now += timedelta(seconds=seconds)
            if seconds:
                self.meanwhile.pop(self.second, _nothing)()
            return self.now > after(until + 0.5)

        with capture_logs() as logs:
            Publisher(
                source,
                instruments=feed_instruments,
                record=self._record,
                settle=self._settle,
                offer=self.offered.append,
                clock=lambda: self.now,
                wait=wait,
            ).run()
        return list(logs)

    @property
    def second(self) -> int:
        return int((self.now - NOON).total_seconds())

    def pause(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)

    def _record(self, *, at: datetime, readings: Sequence[Reading], now: datetime) -> Recorded:
        self.recording.pop(self.second, _nothing)()
        recorded = record_index_prices(at=at, readings=readings, now=now)
        self.recorded.pop(self.second, _nothing)()
        return recorded

    def _settle(self, symbol: str) -> None:
        assert symbol == SYMBOL
        self.settled.append(self.second)
        settle_due_trades(instrument=symbol, now=self.now)


def _nothing() -> None:
    pass


def quotes(
    seconds: Sequence[float], *, venues: Sequence[str] = ("a", "b"), symbol: str = SYMBOL
) -> list[tuple[str, Tick]]:
    """A quote of each venue at each of these seconds after noon: 100 plus the second."""
    return [
        (symbol, Tick(venue, 100 + Decimal(str(s)), 100 + Decimal(str(s)), None, after(s)))
        for s in seconds
        for venue in venues
    ]


def every_second(last: int, *, venues: Sequence[str] = ("a", "b")) -> list[tuple[str, Tick]]:
    """A quote half a second before each second, so that second n is priced at n + 99.50."""
    return quotes([n + 0.5 for n in range(last)], venues=venues)


def seconds_published() -> list[int]:
    """The seconds after noon that have a price."""
    return [second for second, _ in published()]


def published() -> list[tuple[int, str]]:
    """Second after noon and price of all recorded prices."""
    rows = IndexPrice.objects.order_by("sequence")
    return [(round((row.priced_at - NOON).total_seconds()), f"{row.price:.2f}") for row in rows]
