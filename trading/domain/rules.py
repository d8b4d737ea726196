"""All numbers of the market's rules, by version (docs/rules.md states them for traders).

A trade keeps the version under which it was accepted, and that version decides it for ever. So does each index price. A
version never changes; a new one follows it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Rules:
    """The numbers of one version, each with the rule that it belongs to."""

    version: int
    clamp: Decimal
    """Rule 1: the greatest distance from the median, as a share of it, at which a venue counts unclamped."""

    deviation_max: Decimal | None
    """Rule 1: the greatest distance from the median, as a share of it, at which a venue stays in.

    A venue that was out or absent comes in within half of it. None: each venue with a fresh tick is in.
    """

    tick_age_max: timedelta = timedelta(seconds=3)
    """Rule 1: a venue's tick is fresh up to this age, and so is the price of a conversion."""

    clock_skew_max: timedelta = timedelta(seconds=1)
    """Rule 1: a venue whose clock seems further than this from ours doesn't count."""

    quote_life: timedelta = timedelta(seconds=5)
    """Rule 2: the time for which the house keeps to a quote."""

    price_age_max: timedelta = timedelta(seconds=2)
    """Rule 3: no order is taken when the newest index price is older."""

    entry_delay: timedelta = timedelta(seconds=1)
    """Rule 4: the entry second is the first whole one at least this long after acceptance."""

    entry_wait_max: timedelta = timedelta(seconds=5)
    """Rule 4: the entry price comes at most this long after the entry second."""

    duration_min_seconds: int = 15
    """Rule 5: the shortest duration."""

    exit_age_max: timedelta = timedelta(seconds=2)
    """Rule 6: the last price of the exit is at most this old at expiry."""

    exit_averages: tuple[tuple[timedelta, int], ...] = ((timedelta(hours=1), 60), (timedelta(minutes=5), 5))
    """Rule 6: the exit's mean as (shortest duration, number of one-second prices), the longest first; below them 1
    price."""

    grace: timedelta = timedelta(minutes=5)
    """Rule 8: the series may continue for this long after expiry; then the stored prices decide."""

    close_delay: timedelta = timedelta(seconds=1)
    """Rule 9: a trade is sold at the price of the first whole second at least this long after the close order."""

    close_wait_max: timedelta = timedelta(seconds=2)
    """Rule 9: that price comes at most this long after its second, or the close order lapses."""

    close_cutoff: timedelta = timedelta(seconds=15)
    """Rule 9: the time from that second to the expiry is at least this long,"""

    close_cutoff_divisor: int = 4
    """or the trade's duration divided by this, if that is shorter."""

    close_spread: Decimal = Decimal("0.03")
    """Rule 9: the cost of a sale, as a share of the payout."""

    volatility_decay: Decimal = Decimal("0.94")
    """Rule 9: the volatility's decay λ, per second."""

    volatility_seconds: int = 300
    """Rule 9: the volatility is estimated from the prices of at most this many seconds,"""

    volatility_seconds_min: int = 30
    """which span at least this many seconds."""

    volatility_min: Decimal = Decimal("0.00002")
    volatility_max: Decimal = Decimal("0.002")
    """Rule 9: the bounds of a second's volatility: some 11 % and 1,120 % a year."""

    def looked_at_to_close(self, close_at: datetime) -> tuple[datetime, datetime]:
        """Rule 9: the first and the last second whose prices may decide a close order.

        The first begins the volatility's window or the exit's mean; the last ends the wait for a price.
        """
        back = max(self.volatility_seconds, *(samples for _, samples in self.exit_averages))
        return close_at - timedelta(seconds=back - 1), close_at + self.close_wait_max

    def closable_until(self, entry_at: datetime, expires_at: datetime) -> datetime:
        """Rule 9: the last moment whose price may still sell a trade."""
        return expires_at - min(self.close_cutoff, (expires_at - entry_at) / self.close_cutoff_divisor)

    def exit_samples(self, duration: timedelta) -> int:
        """Rule 6: the number of seconds up to expiry in the exit's mean."""
        return next((samples for least, samples in self.exit_averages if duration >= least), 1)

    def look_back(self, duration: timedelta) -> timedelta:
        """The length of time before expiry whose prices decide the exit of a trade of this duration."""
        return max(timedelta(seconds=self.exit_samples(duration) - 1), self.exit_age_max)

    @property
    def look_back_max(self) -> timedelta:
        """The longest time before expiry whose prices decide any trade's exit."""
        samples = max(samples for _, samples in self.exit_averages)
        return max(timedelta(seconds=samples - 1), self.exit_age_max)


RULES: Mapping[int, Rules] = {
    1: Rules(version=1, clamp=Decimal("0.005"), deviation_max=None),
    # A lone outlier among four venues moved the index of version 1 by up to 0.12 %: more than the price moves in many a
    # trade.
    2: Rules(version=2, clamp=Decimal("0.001"), deviation_max=Decimal("0.005")),
}

CURRENT = 2
"""The version of new trades and new index prices."""


RULES_NOW = RULES[CURRENT]


def rules_of(version: int) -> Rules:
    """The rules of a version. Raises KeyError for a version that never existed."""
    return RULES[version]


SHORTEST_GRACE = min(rules.grace for rules in RULES.values())
"""Until this grace has run out, no trade of any version is decided without its prices."""

LONGEST_ENTRY_WAIT = max(rules.entry_wait_max for rules in RULES.values())
"""After this wait, a trade of any version without an entry price stays without one."""
