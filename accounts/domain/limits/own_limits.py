"""Responsible trading: the limits that traders set for themselves."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any

from accounts.domain.errors import Refusal, mark
from accounts.domain.money import write_money
from accounts.domain.notation import write_instant

RAISE_DELAY = timedelta(hours=24)
"""A raised limit waits this long; a lowered one acts at once."""

PERIODS_DAYS = (1, 7, 30)


class LimitKind(StrEnum):
    """STAKE, OPEN_TRADES and BALANCE hold at any moment. SESSION is in minutes. The others count a period of days."""

    STAKE = "stake"
    LOSS = "loss"
    TURNOVER = "turnover"
    DEPOSIT = "deposit"
    OPEN_TRADES = "open_trades"
    BALANCE = "balance"
    SESSION = "session"


PERIODIC = (LimitKind.LOSS, LimitKind.TURNOVER, LimitKind.DEPOSIT)
COUNTED = {LimitKind.OPEN_TRADES: 1000, LimitKind.SESSION: 1440}
"""The limits in whole numbers, and their largest values: trades, and the minutes of a day."""


LABELS = {
    LimitKind.STAKE: mark("Largest stake"),
    LimitKind.OPEN_TRADES: mark("Trades at a time"),
    LimitKind.LOSS: mark("Loss"),
    LimitKind.TURNOVER: mark("Turnover"),
    LimitKind.DEPOSIT: mark("Deposits"),
    LimitKind.BALANCE: mark("Balance"),
    LimitKind.SESSION: mark("Time after signing in"),
}
PERIOD_LABELS = {0: "", 1: mark("a day"), 7: mark("7 days"), 30: mark("30 days")}
UNITS = {LimitKind.OPEN_TRADES: mark("trades"), LimitKind.SESSION: mark("minutes")}
"""The units of counted limits; the others are in their currency. All of these are marked for translation."""


class LimitReached(Refusal):
    code, status = "limit-reached", 409
    title = mark("A limit that you have set yourself is reached")


class SessionLimitReached(Refusal):
    code, status = "session-limit-reached", 403
    title = mark("Your session has reached your own limit")


class LimitChanged(Refusal):
    code, status = "limit-changed", 409
    title = mark("The owner has changed the limit since the request")


@dataclass(frozen=True, slots=True)
class Setting:
    """A stored limit: `amount` holds now, `next_amount` from `next_from` on. Without an amount there is no limit."""

    amount: Decimal | None = None
    next_amount: Decimal | None = None
    next_from: datetime | None = None

    def at(self, now: datetime) -> Decimal | None:
        """The amount in force at that moment."""
        return self.next_amount if self.next_from and self.next_from <= now else self.amount

    def settled(self, now: datetime) -> "Setting":
        """Returns the same setting, with a raise that is due already applied."""
        return Setting(self.at(now)) if self.next_from and self.next_from <= now else self

    @property
    def last(self) -> Decimal | None:
        """The amount after any waiting raise has come into force."""
        return self.next_amount if self.next_from else self.amount

    def change(self, wanted: Decimal | None, now: datetime) -> "Setting":
        """Returns the limit after its owner asks for `wanted` (None removes it).

        A lower amount acts at once and cancels a waiting raise. A higher one waits for RAISE_DELAY from now. A second
        request for the raise that already waits doesn't delay it.
        """
        standing = self.settled(now)
        if not is_more(wanted, standing.amount):
            return Setting(wanted)
        if standing.next_from and standing.next_amount == wanted:
            return standing
        return Setting(standing.amount, wanted, now + RAISE_DELAY)


def is_more(wanted: Decimal | None, than: Decimal | None) -> bool:
    """Whether one limit allows more than another. No limit allows the most."""
    if than is None:
        return False
    return wanted is None or wanted > than


@dataclass(frozen=True, slots=True)
class Limit:
    """A limit in force. A session limit has no currency and isn't demo; kinds without a period have `period_days` 0."""

    kind: LimitKind
    currency: str
    demo: bool
    period_days: int
    amount: Decimal

    def check(self, *, used: Decimal, more: Decimal, now: datetime) -> None:
        """Raises LimitReached if `used` + `more` exceeds the limit."""
        if used + more > self.amount:
            raise LimitReached(self._sentence(used), **self._members(used, now))

    def _sentence(self, used: Decimal) -> str:
        over = f" in {self.period_days} days" if self.period_days > 1 else " today" if self.period_days else ""
        amounts = [write_amount(amount, self.kind, self.currency) for amount in (self.amount, used)]
        return f"Your limit for {self.kind}{over}: {amounts[0]}; used: {amounts[1]}"

    def _members(self, used: Decimal, now: datetime) -> dict[str, Any]:
        return {
            "limit": str(self.kind),
            "currency": self.currency,
            "demo": self.demo,
            "period_days": self.period_days,
            "amount": write_amount(self.amount, self.kind, self.currency),
            "used": write_amount(used, self.kind, self.currency),
            "left": write_amount(left(self.amount, used), self.kind, self.currency),
            "resets_at": write_instant(resets_at(now)) if self.period_days else None,
        }


def left(amount: Decimal, used: Decimal) -> Decimal:
    """Returns the unused part; zero if the use exceeds a limit that was lowered."""
    return max(Decimal(0), amount - used)


def write_amount(amount: Decimal, kind: LimitKind, currency: str) -> str:
    """Writes money at the currency's scale, trades and minutes as whole numbers."""
    return str(int(amount)) if kind in COUNTED else write_money(amount, currency)


def window_start(period_days: int, now: datetime) -> datetime:
    """Returns the start of a window of so many UTC days. Today is one of them."""
    return _midnight(now) - timedelta(days=period_days - 1)


def resets_at(now: datetime) -> datetime:
    """Returns the moment when the oldest day leaves every window: the next UTC midnight."""
    return _midnight(now) + timedelta(days=1)


def _midnight(now: datetime) -> datetime:
    return now.replace(hour=0, minute=0, second=0, microsecond=0)


@dataclass(slots=True)
class Usage:
    """A person's use of one wallet, by `period_days`. It holds only the figures that their limits need."""

    turnover: dict[int, Decimal]
    result: dict[int, Decimal]
    """Profit less loss of the trades that were settled in the window; negative is a loss."""

    at_risk: Decimal = Decimal(0)
    open_trades: int = 0

    def add(self, stake: Decimal) -> None:
        """Counts one more trade under way."""
        self.turnover = {days: amount + stake for days, amount in self.turnover.items()}
        self.at_risk += stake
        self.open_trades += 1

    def loss(self, period_days: int) -> Decimal:
        """Returns the loss of the window if every trade under way were lost. A gain doesn't reduce it."""
        return max(Decimal(0), -self.result[period_days]) + self.at_risk

    def of(self, limit: Limit) -> Decimal:
        """Returns the use that counts against this limit, before the next trade. Only for kinds that orders check."""
        match limit.kind:
            case LimitKind.LOSS:
                return self.loss(limit.period_days)
            case LimitKind.TURNOVER:
                return self.turnover[limit.period_days]
            case LimitKind.OPEN_TRADES:
                return Decimal(self.open_trades)
            case _:
                return Decimal(0)


ON_ORDERS = (LimitKind.STAKE, LimitKind.LOSS, LimitKind.TURNOVER, LimitKind.OPEN_TRADES)
COUNTS_TRADES = (LimitKind.LOSS, LimitKind.TURNOVER, LimitKind.OPEN_TRADES)
"""These limits need a count of the person's trades."""


def check_order(limits: Iterable[Limit], usage: Usage, *, stake: Decimal, balance: Decimal, now: datetime) -> None:
    """Raises LimitReached for the first limit of the wallet that one more trade would exceed.

    `balance` is the whole balance, stakes included: above a balance limit nobody may trade.
    """
    for limit in limits:
        if limit.kind in ON_ORDERS:
            limit.check(used=usage.of(limit), more=_counts(limit, stake), now=now)
        elif limit.kind is LimitKind.BALANCE:
            limit.check(used=balance, more=Decimal(0), now=now)


def _counts(limit: Limit, stake: Decimal) -> Decimal:
    return Decimal(1) if limit.kind is LimitKind.OPEN_TRADES else stake


def session_end(minutes: Decimal | None, started_at: datetime | None) -> datetime | None:
    """Returns the end of trading for a session that began then; None without a limit, and for an API key."""
    return None if minutes is None or started_at is None else started_at + timedelta(minutes=int(minutes))


def check_session(minutes: Decimal | None, *, started_at: datetime | None, now: datetime) -> None:
    """Raises SessionLimitReached if a session that began then may no longer trade."""
    ended_at = session_end(minutes, started_at)
    if minutes is not None and ended_at is not None and ended_at <= now:
        detail = f"You have allowed yourself {int(minutes)} minutes after signing in"
        raise SessionLimitReached(detail, minutes=int(minutes), ended_at=write_instant(ended_at))
