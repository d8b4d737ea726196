"""How sure a rate of wins is: the statistics of a trader's past results. Rates are shares of 1."""

from dataclasses import dataclass
from enum import StrEnum
from math import sqrt

Z_95 = 1.959963984540054
"""The quantile of the normal distribution for a confidence of 95 %."""


class Verdict(StrEnum):
    """Where the interval of a win rate lies. OPEN: the break-even rate is inside, so nobody can tell yet."""

    ABOVE = "above"
    BELOW = "below"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class WinRate:
    """A share of wins, the bounds of its confidence interval, and the share at which wins pay for the losses."""

    rate: float
    low: float
    high: float
    break_even: float

    @property
    def verdict(self) -> Verdict:
        if self.low > self.break_even:
            return Verdict.ABOVE
        return Verdict.BELOW if self.high < self.break_even else Verdict.OPEN


def wilson(won: int, decided: int) -> tuple[float, float]:
    """The bounds of Wilson's score interval of 95 % for `won` of `decided` trades; at least one is decided.

    E. B. Wilson, "Probable inference, the law of succession, and statistical inference", Journal of the American
    Statistical Association 22 (1927), 209-212. Unlike the interval of the normal approximation it stays within 0 and 1,
    and holds for few trades too: L. D. Brown, T. T. Cai, A. DasGupta, "Interval estimation for a binomial proportion",
    Statistical Science 16 (2001), 101-133.
    """
    share, weight = won / decided, Z_95**2 / decided
    centre = (share + weight / 2) / (1 + weight)
    reach = Z_95 / (1 + weight) * sqrt(share * (1 - share) / decided + weight / (4 * decided))
    return max(0.0, centre - reach), min(1.0, centre + reach)


def win_rate(won: int, lost: int, rates: float) -> WinRate | None:
    """The win rate of trades that were won or lost; `rates` is the sum of their payout rates. None without any.

    A win gains the rate, a loss takes the stake: a share p of equal stakes breaks even at p x rate = 1 - p.
    """
    decided = won + lost
    if decided == 0:
        return None
    low, high = wilson(won, decided)
    return WinRate(won / decided, low, high, 1 / (1 + rates / decided))
