"""Settlement (rules 4 to 8): the terms and the stored index prices alone decide a trade's result."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal, localcontext
from enum import StrEnum

from trading.domain.index import PRECISION, round_to_pip
from trading.domain.prices import PricePoint
from trading.domain.rules import CURRENT, Rules, rules_of
from trading.domain.terms import Direction


class Result(StrEnum):
    WON = "won"
    LOST = "lost"
    TIED = "tied"
    VOIDED = "voided"
    SOLD = "sold"


class VoidReason(StrEnum):
    NO_ENTRY_PRICE = "no-entry-price"
    NO_EXIT_PRICE = "no-exit-price"
    EXIT_NOT_AFTER_ENTRY = "exit-not-after-entry"
    SIMULATED_PRICE = "simulated-price"


@dataclass(frozen=True, slots=True)
class Window:
    """The part of a trade's terms that its prices depend on: trades with the same window have the same outcome."""

    direction: Direction
    entry_at: datetime
    expires_at: datetime
    pip: Decimal
    demo: bool = True
    rule_version: int = CURRENT

    @property
    def rules(self) -> Rules:
        return rules_of(self.rule_version)


@dataclass(frozen=True, slots=True)
class Outcome:
    """The end of a trade. `exit_samples` is the number of one-second prices in the exit price's mean."""

    result: Result
    entry: PricePoint | None = None
    exit_price: Decimal | None = None
    exit_samples: int = 0
    void_reason: VoidReason | None = None


def find_entry(entry_at: datetime, prices: Sequence[PricePoint], rules: Rules) -> PricePoint | None:
    """Rule 4: the first price at or after `entry_at`, if it isn't too long after it. `prices` ascend in time."""
    position = bisect_left(prices, entry_at, key=_time)
    if position == len(prices) or prices[position].priced_at - entry_at > rules.entry_wait_max:
        return None
    return prices[position]


def settle(window: Window, prices: Sequence[PricePoint], *, final: bool) -> Outcome | None:
    """Decide a trade from its terms and the index prices around it; None while more prices may still matter.

    `prices` ascend in time. `final` says that no price up to the expiry can come any more (grace has run out);
    otherwise the series itself must have passed the expiry. Equal prices return the stake (rule 7).
    """
    newest = prices[-1].priced_at if prices else None
    if not final and (newest is None or newest < window.entry_at):
        return None
    entry = find_entry(window.entry_at, prices, window.rules)
    if entry is None:
        return Outcome(Result.VOIDED, void_reason=VoidReason.NO_ENTRY_PRICE)
    if not final and (newest is None or newest < window.expires_at):
        return None
    return _compare(window, entry, prices)


def _compare(window: Window, entry: PricePoint, prices: Sequence[PricePoint]) -> Outcome:
    until_expiry = prices[: bisect_right(prices, window.expires_at, key=_time)]
    if not until_expiry or window.expires_at - until_expiry[-1].priced_at > window.rules.exit_age_max:
        return Outcome(Result.VOIDED, entry=entry, void_reason=VoidReason.NO_EXIT_PRICE)
    if until_expiry[-1].priced_at <= entry.priced_at:
        return Outcome(Result.VOIDED, entry=entry, void_reason=VoidReason.EXIT_NOT_AFTER_ENTRY)
    sample = _exit_sample(window, until_expiry)
    if not window.demo and not all(point.live for point in (entry, *sample)):
        return Outcome(Result.VOIDED, entry=entry, void_reason=VoidReason.SIMULATED_PRICE)
    exit_price, samples = _mean(sample, window.pip), len(sample)
    if exit_price == entry.price:
        result = Result.TIED
    else:
        up = exit_price > entry.price
        result = Result.WON if up == (window.direction is Direction.UP) else Result.LOST
    return Outcome(result, entry=entry, exit_price=exit_price, exit_samples=samples)


def _exit_sample(window: Window, until_expiry: Sequence[PricePoint]) -> Sequence[PricePoint]:
    wanted = window.rules.exit_samples(window.expires_at - window.entry_at)
    if wanted == 1:
        return until_expiry[-1:]
    since = window.expires_at - timedelta(seconds=wanted - 1)
    return until_expiry[bisect_left(until_expiry, since, key=_time) :]


def _mean(sample: Sequence[PricePoint], pip: Decimal) -> Decimal:
    if len(sample) == 1:
        return sample[0].price
    with localcontext(PRECISION):
        return round_to_pip(sum((point.price for point in sample), Decimal(0)) / len(sample), pip)


def _time(point: PricePoint) -> datetime:
    return point.priced_at
