"""The terms of a trade, and rules 3 to 5: acceptance, entry and expiry."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from accounts.domain.money import SCALES, round_down
from accounts.domain.notation import places, write_decimal, write_instant
from trading.domain.errors import (
    DurationNotOffered,
    InstrumentClosed,
    PriceMoved,
    RealMoneyNeedsLivePrices,
    StakeOutOfBounds,
    StalePrice,
)
from trading.domain.prices import Source
from trading.domain.rules import CURRENT, RULES_NOW, Rules, rules_of


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


def agree(
    market: Market,
    *,
    direction: Direction,
    stake: Decimal,
    duration_seconds: int,
    offer: PayoutOffer,
    min_payout_rate: Decimal | None,
    now: datetime,
    demo: bool = True,
) -> Terms:
    """Rule 3: the terms of an order accepted at `now` for this offer.

    Raises InstrumentClosed, StalePrice, StakeOutOfBounds, DurationNotOffered, PriceMoved or RealMoneyNeedsLivePrices.
    """
    rules = rules_of(market.rule_version)
    check_offered(market, duration_seconds, stake)
    if min_payout_rate is not None and offer.rate < min_payout_rate:
        raise PriceMoved(payout_rate=write_decimal(offer.rate))
    entry_at = entry_second(now, rules)
    _check_price(market, now, entry_at, rules)
    if not demo and market.source is not Source.LIVE:
        raise RealMoneyNeedsLivePrices(f"The index of {market.symbol} is {market.source}", source=str(market.source))
    return Terms(
        direction=direction,
        stake=stake,
        currency=market.currency,
        duration_seconds=duration_seconds,
        payout_rate=offer.rate,
        pip=market.pip,
        accepted_at=now,
        entry_at=entry_at,
        expires_at=entry_at + timedelta(seconds=duration_seconds),
        rule_version=rules.version,
    )


def check_offered(market: Market, duration_seconds: int, stake: Decimal | None = None) -> None:
    """Check that the instrument offers this duration, and this stake if it is known already.

    Raises InstrumentClosed, StakeOutOfBounds or DurationNotOffered.
    """
    if not market.status.takes_orders:
        raise InstrumentClosed(
            f"{market.symbol} is {market.status}", instrument_status=str(market.status), reason=market.status_reason
        )
    if stake is not None:
        _check_stake(market, stake)
    least = rules_of(market.rule_version).duration_min_seconds
    if duration_seconds not in market.durations or duration_seconds < least:
        raise DurationNotOffered(f"{duration_seconds} s", durations=list(market.durations))


def _check_price(market: Market, now: datetime, entry_at: datetime, rules: Rules) -> None:
    last = write_instant(market.priced_at) if market.priced_at else None
    if market.priced_at is None or now - market.priced_at > rules.price_age_max:
        detail = f"{market.symbol} has no fresh price: too few venues agree, or the feed is away"
        raise StalePrice(detail, priced_at=last, reason="no-price")
    if market.priced_at >= entry_at:
        # This server's clock is behind the feed's: the entry price would be known already.
        raise StalePrice(f"{market.symbol} is priced up to {last} already", priced_at=last, reason="clock-behind")


def _check_stake(market: Market, stake: Decimal) -> None:
    scale = SCALES[market.currency]
    if places(stake) > scale:
        raise StakeOutOfBounds(f"{market.currency} has {scale} decimal places", decimal_places=scale)
    if not market.stake_min <= stake <= market.stake_max:
        bounds = f"between {write_decimal(market.stake_min)} and {write_decimal(market.stake_max)}"
        raise StakeOutOfBounds(
            f"The stake must be {bounds} {market.currency}",
            stake_min=write_decimal(market.stake_min),
            stake_max=write_decimal(market.stake_max),
        )
