"""The fair value of an open trade (rule 9), by Black-Scholes without drift or interest.

All numbers are `Decimal` at 34 digits. Python's specification rounds `exp`, `ln`, `sqrt` and the four operations
correctly, so the same prices give the same digits on every machine. Floats don't promise that.
"""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_HALF_EVEN, Context, Decimal, localcontext
from itertools import pairwise

from trading.domain.prices import PricePoint, time_of
from trading.domain.rules import Rules
from trading.domain.terms import Direction

DIGITS = Context(prec=34, rounding=ROUND_HALF_EVEN)
SECOND = timedelta(seconds=1)
ROOT_OF_TWO_PI = Decimal("2.506628274631000502415765284811045253")
CERTAIN = Decimal(8)
"""In standard deviations: from here on the normal probability counts as 0 or 1 (it differs by 6e-16)."""

LAST_TERM = Decimal("1e-34")


@dataclass(frozen=True, slots=True)
class Position:
    """The parts of an open trade that its value depends on, apart from the market."""

    direction: Direction
    stake: Decimal
    payout: Decimal
    entry_price: Decimal
    pip: Decimal
    expires_at: datetime
    exit_samples: int

    @property
    def sampled_since(self) -> datetime:
        """The first second of the exit's sample."""
        return self.expires_at - (self.exit_samples - 1) * SECOND


def normal(x: Decimal) -> Decimal:
    """The standard normal distribution function, by Marsaglia's series: its terms all have the same sign."""
    with localcontext(DIGITS):
        if abs(x) >= CERTAIN:
            return Decimal(int(x > 0))
        square, size = x * x, abs(x)
        term = total = size
        odd = 1
        while term > LAST_TERM * total:
            odd += 2
            term = term * square / odd
            total += term
        half = total * (-square / 2).exp() / ROOT_OF_TWO_PI
        return Decimal("0.5") + half if x > 0 else Decimal("0.5") - half


def volatility(prices: Sequence[PricePoint], rules: Rules) -> Decimal | None:
    """The standard deviation of a one-second log return, from the window of prices that ends with the last one.

    Exponentially weighted with λ; starts from the window's plain mean variance. A gap of g seconds counts as g seconds
    that shared its return. Floored and capped. None when the window's prices span too short a time.
    """
    since = prices[-1].priced_at - (rules.volatility_seconds - 1) * SECOND if prices else None
    window = prices[bisect_left(prices, since, key=time_of) :] if since else []
    if len(window) < 2 or window[-1].priced_at - window[0].priced_at < rules.volatility_seconds_min * SECOND:
        return None
    with localcontext(DIGITS):
        steps = [_step(before, after) for before, after in pairwise(window)]
        variance = sum((square for square, _ in steps), Decimal(0)) / sum(seconds for _, seconds in steps)
        for square, seconds in steps:
            weight = Decimal(1)
            for _ in range(seconds):
                weight *= rules.volatility_decay
            variance = weight * variance + (1 - weight) * square / seconds
        return min(max(variance.sqrt(), rules.volatility_min), rules.volatility_max)


def _step(before: PricePoint, after: PricePoint) -> tuple[Decimal, int]:
    """The squared log return of a step, and its length in seconds."""
    seconds = (after.priced_at - before.priced_at) // SECOND
    if after.price == before.price:
        return Decimal(0), seconds
    log = (after.price / before.price).ln()
    return log * log, seconds


def fair_value(position: Position, prices: Sequence[PricePoint], sigma: Decimal) -> Decimal:
    """The trade's value at the last of these prices, unrounded: its payout and its stake, each times its probability.

    `prices` ascend, end before the expiry and contain all known prices of the exit's sample; `sigma` is the volatility
    of a second. An exit that rounds to the entry price ties (rule 7), so a win begins half a pip away.
    """
    with localcontext(DIGITS):
        half = position.pip / 2
        over = _chance_above(position.entry_price + half, position, prices, sigma)
        not_under = _chance_above(position.entry_price - half, position, prices, sigma)
        win = over if position.direction is Direction.UP else 1 - not_under
        return position.payout * win + position.stake * (not_under - over)


def _chance_above(level: Decimal, position: Position, prices: Sequence[PricePoint], sigma: Decimal) -> Decimal:
    """The probability that the exit, the mean of its sample, ends above the level.

    The known part of the mean counts as it is. The mean of the seconds to come is taken as lognormal around the newest
    price with the variance of an arithmetic mean: the error is less than a millionth of the payout.
    """
    at, spot = prices[-1].priced_at, prices[-1].price
    known = [point.price for point in prices[bisect_left(prices, position.sampled_since, key=time_of) :]]
    first = max(at + SECOND, position.sampled_since)
    to_come = (position.expires_at - first) // SECOND + 1
    needed = ((len(known) + to_come) * level - sum(known, Decimal(0))) / to_come
    if needed <= 0:
        return Decimal(1)
    variance = sigma * sigma * mean_seconds((first - at) // SECOND, to_come)
    return normal(((spot / needed).ln() - variance / 2) / variance.sqrt())


def mean_seconds(first: int, count: int) -> Decimal:
    """The variance of the mean of `count` prices a second apart, in seconds of variance; the first is `first` s ahead.

    The mean over i and j of min(tᵢ, tⱼ).
    """
    with localcontext(DIGITS):
        return first + Decimal((count - 1) * (2 * count - 1)) / (6 * count)
