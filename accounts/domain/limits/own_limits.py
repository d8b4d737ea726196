"""Responsible trading: the bounds that traders set themselves."""

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
    """STAKE, OPEN_TRADES and BALANCE hold at any moment, SESSION in minutes; the others over a period of days."""

    STAKE = "stake"
    LOSS = "loss"
    TURNOVER = "turnover"
    DEPOSIT = "deposit"
    OPEN_TRADES = "open_trades"
    BALANCE = "balance"
    SESSION = "session"


PERIODIC = (LimitKind.LOSS, LimitKind.TURNOVER, LimitKind.DEPOSIT)
COUNTED = {LimitKind.OPEN_TRADES: 1000, LimitKind.SESSION: 1440}
"""Limits in whole numbers, not in money, and the largest that can be set: trades, and minutes of a day."""


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
"""What counted limits count; the others are in their currency. All of these are marked for translation."""


class LimitReached(Refusal):
    code, status = "limit-reached", 409
    title = mark("A limit that you have set yourself is reached")


class SessionLimitReached(Refusal):
    code, status = "session-limit-reached", 403
    title = mark("Your session is as long as you have allowed yourself")


class LimitChanged(Refusal):
    code, status = "limit-changed", 409
    title = mark("The limit has been changed by its owner since then")


@dataclass(frozen=True, slots=True)
class Setting:
    """A limit as it is stored: `amount` holds, and from `next_from` on `next_amount`. No amount is no limit."""

    amount: Decimal | None = None
    next_amount: Decimal | None = None
    next_from: datetime | None = None

    def at(self, now: datetime) -> Decimal | None:
        """The amount in force at that moment."""
        return self.next_amount if self.next_from and self.next_from <= now else self.amount

    def settled(self, now: datetime) -> "Setting":
        """The same, without a raise whose wait is over."""
        return Setting(self.at(now)) if self.next_from and self.next_from <= now else self

    @property
    def last(self) -> Decimal | None:
        """What holds in the end, when a raise that waits has come."""
        return self.next_amount if self.next_from else self.amount

    def change(self, wanted: Decimal | None, now: datetime) -> "Setting":
        """What the limit becomes when its owner asks for `wanted` (None: to be rid of it).

        Less acts at once and ends a raise that waits; more waits for RAISE_DELAY, from now. Only the very raise that
        waits already isn't delayed by being asked for again.
        """
        standing = self.settled(now)
        if not is_more(wanted, standing.amount):
            return Setting(wanted)
        if standing.next_from and standing.next_amount == wanted:
            return standing
        return Setting(standing.amount, wanted, now + RAISE_DELAY)


def is_more(wanted: Decimal | None, than: Decimal | None) -> bool:
    """Whether one limit allows more than another; none at all allows the most."""
    if than is None:
        return False
    return wanted is None or wanted > than


@dataclass(frozen=True, slots=True)
class Limit:
    """A limit in force. A session's has no currency and isn't demo; `period_days` is 0 unless the kind is periodic."""

    kind: LimitKind
    currency: str
    demo: bool
    period_days: int
    amount: Decimal

    def check(self, *, used: Decimal, more: Decimal, now: datetime) -> None:
        """Raises LimitReached if `more` on top of what is used would be above the limit."""
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
    """What may still be used; nothing when more is used than a lowered limit allows."""
    return max(Decimal(0), amount - used)


def write_amount(amount: Decimal, kind: LimitKind, currency: str) -> str:
    """Money at the currency's scale; trades and minutes as whole numbers."""
    return str(int(amount)) if kind in COUNTED else write_money(amount, currency)


def window_start(period_days: int, now: datetime) -> datetime:
    """When the window of so many UTC days began: today counts as one of them."""
    return _midnight(now) - timedelta(days=period_days - 1)


def resets_at(now: datetime) -> datetime:
    """When the oldest day drops out of every window: the next UTC midnight."""
    return _midnight(now) + timedelta(days=1)


def _midnight(now: datetime) -> datetime:
    return now.replace(hour=0, minute=0, second=0, microsecond=0)


@dataclass(slots=True)
class Usage:
    """What somebody has used in one wallet, counted by `period_days`. Only what their limits need is filled in."""

    turnover: dict[int, Decimal]
    result: dict[int, Decimal]
    """Profit less loss of the trades that were settled in the window; negative is a loss."""

    at_risk: Decimal = Decimal(0)
    open_trades: int = 0

    def add(self, stake: Decimal) -> None:
        """One more trade is under way."""
        self.turnover = {days: amount + stake for days, amount in self.turnover.items()}
        self.at_risk += stake
        self.open_trades += 1

    def loss(self, period_days: int) -> Decimal:
        """What is lost in the window, and what would be if every trade under way were. A gain is no loss, nor less."""
        return max(Decimal(0), -self.result[period_days]) + self.at_risk

    def of(self, limit: Limit) -> Decimal:
        """What counts against this limit, before the next trade. For the kinds that an order meets."""
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
"""Limits for which somebody's trades must be counted."""


def check_order(limits: Iterable[Limit], usage: Usage, *, stake: Decimal, balance: Decimal, now: datetime) -> None:
    """Whether the limits of this wallet leave room for one more trade. Raises LimitReached for the first that doesn't.

    `balance` is all that is in the wallet, stakes included: above a balance limit there is no trading.
    """
    for limit in limits:
        if limit.kind in ON_ORDERS:
            limit.check(used=usage.of(limit), more=_counts(limit, stake), now=now)
        elif limit.kind is LimitKind.BALANCE:
            limit.check(used=balance, more=Decimal(0), now=now)


def _counts(limit: Limit, stake: Decimal) -> Decimal:
    return Decimal(1) if limit.kind is LimitKind.OPEN_TRADES else stake


def session_end(minutes: Decimal | None, started_at: datetime | None) -> datetime | None:
    """When a session that began then may trade no more; None for no limit, and for an API key, which has no session."""
    return None if minutes is None or started_at is None else started_at + timedelta(minutes=int(minutes))


def check_session(minutes: Decimal | None, *, started_at: datetime | None, now: datetime) -> None:
    """Whether a session that began then may go on trading. Raises SessionLimitReached."""
    ended_at = session_end(minutes, started_at)
    if minutes is not None and ended_at is not None and ended_at <= now:
        detail = f"You have allowed yourself {int(minutes)} minutes after signing in"
        raise SessionLimitReached(detail, minutes=int(minutes), ended_at=write_instant(ended_at))
