"""The invented market of the simulated feed: one true price per instrument, which every virtual venue sees."""

from dataclasses import dataclass
from functools import lru_cache
from math import exp, sqrt

from trading.feeds.dice import Dice

STEPS_PER_SECOND = 4
VOLATILITY = 0.0001
"""Deviation of the log return over one second: about 56 % a year, like Bitcoin's."""

PIPS_PER_SECOND_MIN = 3.0
"""A price with a coarse pip moves at least this much (one deviation), so that ties stay rare at 15 s."""

START_PRICES = {
    "BTC": 60_000.0,
    "ETH": 3_000.0,
    "BNB": 580.0,
    "SOL": 150.0,
    "XRP": 2.5,
    "ADA": 0.45,
    "DOGE": 0.12,
}
START_PRICE_DEFAULT = 100.0

_SPAN_LEVELS = 22
SPAN_STEPS = 2**_SPAN_LEVELS
"""About twelve days: the path returns to its start price at the end of each span, so it never wanders off."""

_NEWS_SECONDS = 600
_NEWS_CHANCE = 0.25
_NEWS_DEVIATION = 0.002


@dataclass(frozen=True, slots=True)
class InventedMarket:
    """A price path of one instrument, a function of the seed and the time step alone.

    Any step can be computed directly (Lévy's construction of a Brownian bridge: the middle of an interval is the mean
    of its ends and a normal of deviation √length / 2), so after a restart the path continues at the right place.
    """

    dice: Dice
    symbol: str
    pip: float

    @property
    def start(self) -> float:
        return START_PRICES.get(self.symbol.partition("-")[0], START_PRICE_DEFAULT)

    def price(self, step: int) -> float:
        """The true price at a step; steps are quarters of a second since 1970."""
        deviation = max(VOLATILITY, PIPS_PER_SECOND_MIN * self.pip / self.start) / sqrt(STEPS_PER_SECOND)
        return self.start * exp(deviation * self._wander(step) + self._news(step / STEPS_PER_SECOND))

    def _wander(self, step: int) -> float:
        span, position = divmod(step, SPAN_STEPS)
        low, high, at_low, at_high = 0, SPAN_STEPS, 0.0, 0.0
        while low != position:
            middle = (low + high) // 2
            at_middle = (at_low + at_high) / 2 + _shock(self.dice, self.symbol, span, high - low, middle)
            if position < middle:
                high, at_high = middle, at_middle
            else:
                low, at_low = middle, at_middle
        return at_low

    def _news(self, second: float) -> float:
        """The offset of rare jumps, each of which takes ten minutes to fade."""
        latest = int(second // _NEWS_SECONDS)
        return sum(self._jump(period, second) for period in (latest - 1, latest))

    def _jump(self, period: int, second: float) -> float:
        if self.dice.chance(self.symbol, "news", period) > _NEWS_CHANCE:
            return 0.0
        since = second - (period + self.dice.chance(self.symbol, "news at", period)) * _NEWS_SECONDS
        if not 0 <= since < _NEWS_SECONDS:
            return 0.0
        size = _NEWS_DEVIATION * self.dice.normal(self.symbol, "news size", period)
        return size * (1 - since / _NEWS_SECONDS)


@lru_cache(maxsize=1024)
def _shock(dice: Dice, symbol: str, span: int, length: int, middle: int) -> float:
    """The deviation at the middle of an interval. Neighbouring steps share most intervals, so most are known."""
    return sqrt(length) / 2 * dice.normal(symbol, "walk", span, length, middle)
