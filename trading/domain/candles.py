"""Candles: the open, high, low and close of an index in one interval of UTC time."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from trading.domain.prices import PricePoint

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Interval(StrEnum):
    """The length of a candle. Each length divides the next, so that all borders fall on those of UTC days."""

    SECOND = "1s"
    FIVE_SECONDS = "5s"
    MINUTE = "1m"
    FIVE_MINUTES = "5m"
    QUARTER = "15m"
    HOUR = "1h"
    DAY = "1d"

    @property
    def seconds(self) -> int:
        return _SECONDS[self]

    @property
    def length(self) -> timedelta:
        return timedelta(seconds=self.seconds)

    @property
    def is_kept(self) -> bool:
        """Whether the database stores candles of this length: a candle of one second is the price itself."""
        return self is not Interval.SECOND

    def opening(self, at: datetime) -> datetime:
        """The beginning of the candle that contains this instant."""
        return at - (at - EPOCH) % self.length


_SECONDS = {
    Interval.SECOND: 1,
    Interval.FIVE_SECONDS: 5,
    Interval.MINUTE: 60,
    Interval.FIVE_MINUTES: 300,
    Interval.QUARTER: 900,
    Interval.HOUR: 3600,
    Interval.DAY: 86_400,
}


@dataclass(frozen=True, slots=True)
class Bar:
    """One candle of `count` prices, from `opened_at` on. `simulated`: at least one of the prices wasn't live."""

    opened_at: datetime
    open: Decimal
    high: Decimal
    low: Decimal
    close: Decimal
    count: int
    simulated: bool


def bars(prices: Iterable[PricePoint], interval: Interval) -> list[Bar]:
    """The candles of these prices, which ascend in time. An interval without prices has no candle."""
    made: list[Bar] = []
    for point in prices:
        opened_at = interval.opening(point.priced_at)
        if not made or made[-1].opened_at != opened_at:
            made.append(Bar(opened_at, point.price, point.price, point.price, point.price, 1, not point.live))
        else:
            last = made[-1]
            made[-1] = replace(
                last,
                high=max(last.high, point.price),
                low=min(last.low, point.price),
                close=point.price,
                count=last.count + 1,
                simulated=last.simulated or not point.live,
            )
    return made
