"""The operator's caps: on the house's liability for an instrument, and on one trader's trades there.

The house's liability on a trade is a win's gain: payout − stake. Demo and real books are counted apart.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import ROUND_DOWN, Decimal

from accounts.domain.errors import Refusal, mark
from accounts.domain.money import round_down, write_money
from trading.domain.terms import Terms

STRIPES = 16
"""The number of stripes (rows) of a capacity: orders of different wallets seldom meet in one.

The view `trade_liabilities` has the same number, and the same bucket for IN_TOTAL.
"""

IN_TOTAL = datetime(1970, 1, 1, tzinfo=UTC)
"""The bucket of all expiries together."""

SMALLEST = Decimal("1e-8")


class CapacityReached(Refusal):
    code, status = "capacity-reached", 409
    title = mark("The house takes no more on this instrument at the moment")


class TooManyOpenTrades(Refusal):
    code, status = "too-many-open-trades", 409
    title = mark("You have as many open trades on this instrument as one trader may have")


class StakeCapReached(Refusal):
    code, status = "stake-cap-reached", 409
    title = mark("You have staked as much on this instrument as one trader may for now")


def bucket_of(expires_at: datetime) -> datetime:
    """The expiry bucket: trades that expire within one UTC minute end by nearly the same prices."""
    return expires_at.replace(second=0, microsecond=0)


def stripe_of(wallet_id: int) -> int:
    """The stripe of each capacity that a wallet's orders take from."""
    return wallet_id % STRIPES


def allot(cap: Decimal, used: Sequence[Decimal]) -> list[Decimal]:
    """The allotment of each stripe: its use and an equal part of the rest of the cap.

    The sum is at most the cap. All are 0 where more is used than a lowered cap allows: then no stripe may take anything
    by itself until the whole is below the cap again.
    """
    free = cap - sum(used)
    if free < 0:
        return [Decimal(0)] * len(used)
    share = (free / len(used)).quantize(SMALLEST, ROUND_DOWN)
    return [each + share for each in used]


def check_capacity(terms: Terms, *, cap: Decimal, used: Decimal, bucket: datetime) -> None:
    """Check that the liability fits below the cap. Raises CapacityReached with the largest stake that would still fit.

    The error reveals no more about the book.
    """
    left = max(Decimal(0), cap - used)
    if terms.liability > left:
        raise CapacityReached(
            scope="instrument" if bucket == IN_TOTAL else "expiry",
            stake_left=write_money(round_down(left / terms.payout_rate, terms.currency), terms.currency),
        )


@dataclass(slots=True)
class TraderUsage:
    """One wallet's use of one instrument: its unsettled trades, and its stakes within the window."""

    open_trades: int
    staked: Decimal


@dataclass(frozen=True, slots=True)
class TraderCaps:
    """The caps on one trader for an instrument, in each book; None is no cap."""

    open_trades_max: int | None
    staked_max: Decimal | None
    window_seconds: int

    def __bool__(self) -> bool:
        return self.open_trades_max is not None or self.staked_max is not None

    def since(self, now: datetime) -> datetime:
        """The start of the window of stakes: it moves with the clock."""
        return now - timedelta(seconds=self.window_seconds)

    def check(self, usage: TraderUsage, terms: Terms) -> None:
        """Check that there is room for one more trade. Raises TooManyOpenTrades or StakeCapReached."""
        if self.open_trades_max is not None and usage.open_trades >= self.open_trades_max:
            raise TooManyOpenTrades(open_trades=usage.open_trades, open_trades_max=self.open_trades_max)
        if self.staked_max is not None and usage.staked + terms.stake > self.staked_max:
            left = max(Decimal(0), self.staked_max - usage.staked)
            raise StakeCapReached(
                staked=write_money(usage.staked, terms.currency),
                staked_max=write_money(self.staked_max, terms.currency),
                stake_left=write_money(left, terms.currency),
                window_seconds=self.window_seconds,
            )
