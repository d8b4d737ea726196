"""The terms of a trade, and what they are made of: market, payout offer, entry second (rules 4 and 5)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from accounts.domain.money import round_down
from trading.domain.prices import Source
from trading.domain.rules import CURRENT, RULES_NOW, Rules


class Direction(StrEnum):
    UP = "up"
    DOWN = "down"


class Status(StrEnum):
    """The status of an instrument: the actions that it allows. Open trades settle in any status."""

    OPEN = "open"
    CLOSE_ONLY = "close_only"
    PAUSED = "paused"
    RETIRED = "retired"

    @property
    def takes_orders(self) -> bool:
        """Whether traders may open new trades."""
        return self is Status.OPEN

    @property
    def allows_closing(self) -> bool:
        """Whether owners may close their trades early."""
        return self in (Status.OPEN, Status.CLOSE_ONLY)

    @property
    def listed(self) -> bool:
        """Whether lists show the instrument."""
        return self is not Status.RETIRED


@dataclass(frozen=True, slots=True)
class PayoutOffer:
    """The payout rate at one moment, for one direction and duration, from one version of the instrument's payouts."""

    base: Decimal
    rate_skew: Decimal
    version: int

    @property
    def rate(self) -> Decimal:
        """The payout rate of the trade: 0.85 gains 85 % of the stake."""
        return self.base + self.rate_skew


@dataclass(frozen=True, slots=True)
class Market:
    """An instrument at one moment: everything that decides whether an order is accepted."""

    symbol: str
    status: Status
    currency: str
    pip: Decimal
    stake_min: Decimal
    stake_max: Decimal
    durations: Sequence[int]
    priced_at: datetime | None
    """The time of the newest index price."""

    source: Source | None = None
    """The origin of that price."""

    rule_version: int = CURRENT
    """The rules of that price: an order is accepted under the same, and its proof can show which they were."""

    status_reason: str = ""
    """The operator's reason for the status."""


@dataclass(frozen=True, slots=True)
class Terms:
    """The terms of an accepted order; they never change."""

    direction: Direction
    stake: Decimal
    currency: str
    duration_seconds: int
    payout_rate: Decimal
    pip: Decimal
    accepted_at: datetime
    entry_at: datetime
    expires_at: datetime
    rule_version: int = CURRENT

    @property
    def payout(self) -> Decimal:
        """The gross return of a win: stake × (1 + payout rate), rounded down to the currency's scale."""
        return round_down(self.stake * (1 + self.payout_rate), self.currency)

    @property
    def liability(self) -> Decimal:
        """The amount that the house owes for a win, over and above the stake."""
        return self.payout - self.stake

    @property
    def tilt(self) -> Decimal:
        """The liability with the sign of its side: the trade's part in the imbalance."""
        return self.liability if self.direction is Direction.UP else -self.liability


def entry_second(accepted_at: datetime, rules: Rules = RULES_NOW) -> datetime:
    """Rule 4: the first whole second at least one second after acceptance. Nobody knows its price yet."""
    return whole_second(accepted_at + rules.entry_delay)


def whole_second(earliest: datetime) -> datetime:
    """The first whole second at or after this moment."""
    whole = earliest.replace(microsecond=0)
    return whole if whole == earliest else whole + timedelta(seconds=1)
