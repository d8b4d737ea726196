"""Early close (rule 9): an owner sells an open trade back before its expiry, at a price that nobody knows yet.

The owner gives a close order. The first index price a second later or more decides the value of the trade. Below the
order's `min_price`, or without that price in time, the order lapses and the trade continues.
"""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import ROUND_UP, Decimal, localcontext
from enum import StrEnum

from accounts.domain.errors import Refusal, mark
from accounts.domain.money import round_down, write_money
from accounts.domain.notation import write_instant
from trading.domain.errors import RealMoneyNeedsLivePrices, StalePrice
from trading.domain.prices import PricePoint, time_of
from trading.domain.pricing import DIGITS, Position, fair_value, volatility
from trading.domain.rules import Rules
from trading.domain.settlement import find_entry
from trading.domain.terms import Status, whole_second

PROTECTION = Decimal("0.98")
"""The part of an offer that pages ask for as `min_price`: nobody gets less than the price shown less 2 %.

The value of a one-minute trade usually moves by a tenth until the deciding second, so many such orders lapse. That is
the lesser evil: a trade that goes on is as agreed, a sale far below the price shown is not.
"""

CLOSES_MAX = 100
"""The highest number of close orders of one trade: its proof contains the prices around each of them."""


class TradeNotEntered(Refusal):
    code, status, retry_after_seconds = "trade-not-entered", 409, 1
    title = mark("The trade has no entry price yet")


class TradeEnded(Refusal):
    code, status = "trade-ended", 409
    title = mark("The trade has ended already")


class TooLateToClose(Refusal):
    code, status = "too-late-to-close", 409
    title = mark("It is too close to the expiry to close this trade")


class ClosingPaused(Refusal):
    code, status = "closing-paused", 409
    title = mark("Trades of this instrument can't be closed early at the moment")


class CloseUnderWay(Refusal):
    code, status = "close-under-way", 409
    title = mark("This trade is being closed already, on other terms")


class TooManyCloses(Refusal):
    code, status = "too-many-closes", 409
    title = mark("This trade has had too many close orders")


class NothingOffered(Refusal):
    code, status = "nothing-offered", 409
    title = mark("Nothing is offered for this trade at the moment")


class OfferMoved(Refusal):
    code, status = "offer-moved", 409
    title = mark("The offer is lower than you asked for")


class LapseReason(StrEnum):
    BELOW_MINIMUM = "below-minimum"
    NO_PRICE = "no-price"
    NOTHING_OFFERED = "nothing-offered"
    SIMULATED_PRICE = "simulated-price"
    TRADE_ENDED = "trade-ended"


@dataclass(frozen=True, slots=True)
class OpenTrade:
    """The parts of an open trade that rule 9 uses."""

    position: Position
    currency: str
    entry_at: datetime
    demo: bool
    rules: Rules

    @property
    def closable_until(self) -> datetime:
        """The last second whose price may sell the trade."""
        return self.rules.closable_until(self.entry_at, self.position.expires_at)

    def looks_at(self, at: datetime) -> list[tuple[datetime, datetime]]:
        """The time spans, ends included, whose prices decide the trade's value at a second, or soon after it."""
        window = self.rules.looked_at_to_close(at)
        return [window] if self.demo else [(self.entry_at, self.entry_at + self.rules.entry_wait_max), window]


@dataclass(slots=True)
class Known:
    """An instrument's prices up to a second, ascending, for all spans of `looks_at`. Many trades share one object."""

    prices: Sequence[PricePoint]
    _volatility: dict[tuple[int, bool], Decimal | None] = field(default_factory=dict)

    @classmethod
    def from_second(cls, prices: Sequence[PricePoint], at: datetime) -> "Known | None":
        """The prices known when the first price at or after this second came; None if it hasn't come."""
        end = bisect_left(prices, at, key=time_of) + 1
        return cls(prices[:end]) if end <= len(prices) else None

    @property
    def newest(self) -> PricePoint:
        return self.prices[-1]

    def counted(self, trade: OpenTrade) -> Sequence[PricePoint]:
        """The prices that count for the trade: only live prices decide real money."""
        return self.prices if trade.demo else [point for point in self.prices if point.live]

    def volatility(self, trade: OpenTrade) -> Decimal | None:
        """See `volatility`; computed once for all trades with the same rules and book."""
        kind = (trade.rules.version, trade.demo)
        if kind not in self._volatility:
            self._volatility[kind] = volatility(self.counted(trade), trade.rules)
        return self._volatility[kind]

    def decides(self, trade: OpenTrade) -> bool:
        """Whether these prices may decide the trade's money.

        Real money needs live prices at its entry, now and in its exit's sample, as at its settlement.
        """
        if trade.demo:
            return True
        entry = find_entry(trade.entry_at, self.prices, trade.rules)
        sample = self.prices[bisect_left(self.prices, trade.position.sampled_since, key=time_of) :]
        return entry is not None and all(point.live for point in (entry, self.newest, *sample))


@dataclass(frozen=True, slots=True)
class SaleOffer:
    """The amount that a sale would pay at the newest price: an estimate, because a later second decides."""

    amount: Decimal
    point: PricePoint
    closable_until: datetime

    @property
    def min_price(self) -> Decimal:
        """The minimum that pages ask for, at the amount's own scale; rounded up, so that it is never below its part."""
        return (self.amount * PROTECTION).quantize(self.amount, rounding=ROUND_UP)


@dataclass(frozen=True, slots=True)
class Decided:
    """The result of a close order: sold for `amount` at `point`, or lapsed for a reason."""

    lapse: LapseReason | None = None
    amount: Decimal | None = None
    point: PricePoint | None = None


def amount_offered(trade: OpenTrade, known: Known) -> Decimal:
    """The trade's fair value at the newest price less the spread, rounded down; 0 without a volatility.

    Never more than the payout less the spread, never negative.
    """
    sigma = known.volatility(trade)
    if sigma is None:
        return round_down(Decimal(0), trade.currency)
    with localcontext(DIGITS):
        spread = trade.rules.close_spread * trade.position.payout
        value = max(fair_value(trade.position, known.counted(trade), sigma) - spread, Decimal(0))
    return round_down(value, trade.currency)


def closing_second(asked_at: datetime, rules: Rules) -> datetime:
    """The whole second whose price decides a close order: the first at least `close_delay` after the order."""
    return whole_second(asked_at + rules.close_delay)


def offer_for(
    trade: OpenTrade, known: Known | None, *, status: Status, min_price: Decimal | None, now: datetime
) -> SaleOffer:
    """The offer of this moment; `known` ends with the newest price, and is None before the first one.

    Raises TooLateToClose, ClosingPaused, StalePrice, RealMoneyNeedsLivePrices, NothingOffered or OfferMoved.
    """
    close_at, until = closing_second(now, trade.rules), trade.closable_until
    if close_at > until:
        raise TooLateToClose(closable_until=write_instant(until))
    if status not in (Status.OPEN, Status.CLOSE_ONLY):
        raise ClosingPaused(instrument_status=str(status))
    if known is None or now - known.newest.priced_at > trade.rules.price_age_max:
        raise StalePrice(priced_at=write_instant(known.newest.priced_at) if known else None, reason="no-price")
    if known.newest.priced_at >= close_at:
        # This server's clock is behind the feed's: the price that would decide is known already.
        raise StalePrice(priced_at=write_instant(known.newest.priced_at), reason="clock-behind")
    if not known.decides(trade):
        raise RealMoneyNeedsLivePrices
    amount = amount_offered(trade, known)
    if not amount:
        raise NothingOffered
    if min_price is not None and amount < min_price:
        raise OfferMoved(offer=write_money(amount, trade.currency))
    return SaleOffer(amount, known.newest, until)


def decide_close(
    trade: OpenTrade, known: Known | None, *, close_at: datetime, min_price: Decimal | None, final: bool
) -> Decided | None:
    """Decide a close order from the prices known when its price came; None while that price may still come.

    `known` is `Known.from_second(prices, close_at)`; `final` means that no price can come any more.
    """
    if known is None:
        return Decided(LapseReason.NO_PRICE) if final else None
    point = known.newest
    if point.priced_at - close_at > trade.rules.close_wait_max:
        return Decided(LapseReason.NO_PRICE)
    if not known.decides(trade):
        return Decided(LapseReason.SIMULATED_PRICE, point=point)
    amount = amount_offered(trade, known)
    if not amount:
        return Decided(LapseReason.NOTHING_OFFERED, amount, point)
    if min_price is not None and amount < min_price:
        return Decided(LapseReason.BELOW_MINIMUM, amount, point)
    return Decided(None, amount, point)
