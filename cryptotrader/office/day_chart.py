"""The house's result of each day as bars: the shape of a month at a glance."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from trading.selectors.office.market_days import Day

WIDTH, HEIGHT, GAP = 12, 56, 3
"""Of a bar with its gap, and of the whole, in units of the drawing."""


@dataclass(frozen=True, slots=True)
class Bar:
    """A day's bar: above the line for a profit, below it for a loss."""

    day: Day
    x: int
    y: int
    height: int

    @property
    def width(self) -> int:
        return WIDTH - GAP


@dataclass(frozen=True, slots=True)
class Chart:
    """The bars of consecutive days; a day without trades has none. `zero` is the height of the line."""

    bars: Sequence[Bar]
    width: int
    zero: int
    height: int = HEIGHT


def chart(days: Sequence[Day], *, last: date, number: int) -> Chart:
    """The last days up to `last`."""
    first = last - timedelta(days=number - 1)
    shown = [each for each in days if first <= each.day <= last]
    top = max([Decimal(0), *(each.profit for each in shown)])
    bottom = min([Decimal(0), *(each.profit for each in shown)])
    scale = HEIGHT / ((top - bottom) or Decimal(1))
    zero = round(top * scale)
    bars = [_bar(each, (each.day - first).days * WIDTH, zero, scale) for each in shown]
    return Chart(bars, number * WIDTH, zero)


def _bar(day: Day, x: int, zero: int, scale: Decimal) -> Bar:
    height = max(1, round(abs(day.profit) * scale))
    return Bar(day, x, zero - height if day.profit > 0 else zero, height)
