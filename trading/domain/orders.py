"""Orders, the same from every door, and their acceptance or refusal (rule 3): stake, duration, status, fresh price."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from accounts.domain.money import SCALES
from accounts.domain.notation import places, write_decimal, write_instant
from trading.domain.errors import (
    DurationNotOffered,
    InstrumentClosed,
    OrderExpired,
    PriceMoved,
    RealMoneyNeedsLivePrices,
    StakeOutOfBounds,
    StalePrice,
)
from trading.domain.prices import Source
from trading.domain.quotes import Quote, QuoteRequest
from trading.domain.rules import Rules, rules_of
from trading.domain.terms import Direction, Market, PayoutOffer, Terms, entry_second


def check_in_time(valid_until: datetime | None, now: datetime) -> None:
    """Raises OrderExpired: an order or a close order that has waited on the way too long must not be carried out."""
    if valid_until is not None and now > valid_until:
        raise OrderExpired(f"It was valid until {write_instant(valid_until)}", time=write_instant(now))


@dataclass(frozen=True, slots=True)
class Order:
    """A trader's order. The client chooses `idempotency_key`; it names this one order for ever.

    `quote` has a verified signature: the code that builds the order checks it. `session_started_at` is the sign-in time
    of the session that sends the order; None for an API key, which `api_key_id` names. After `valid_until` the order is
    refused, whenever it comes.
    """

    user_id: int
    idempotency_key: str
    instrument: str
    direction: Direction
    stake: Decimal
    duration_seconds: int
    min_payout_rate: Decimal | None = None
    demo: bool = True
    session_started_at: datetime | None = None
    quote: Quote | None = None
    valid_until: datetime | None = None
    api_key_id: int | None = None

    @property
    def quote_request(self) -> QuoteRequest:
        """The quote request that this order corresponds to."""
        return QuoteRequest(self.instrument, self.direction, self.duration_seconds, self.demo)

    @property
    def digest(self) -> str:
        """SHA-256 over the order's content. 100, "100" and 100.00 have the same digest."""
        asked = (
            self.instrument,
            self.direction,
            write_decimal(self.stake),
            str(self.duration_seconds),
            "" if self.min_payout_rate is None else write_decimal(self.min_payout_rate),
            "demo" if self.demo else "real",
            *(self.quote.facts if self.quote else ()),
            *((f"until {write_instant(self.valid_until)}",) if self.valid_until else ()),
        )
        return hashlib.sha256("\n".join(asked).encode()).hexdigest()


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
