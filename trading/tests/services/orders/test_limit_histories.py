"""In any history of orders, settlements and changes, over any days, no accepted order exceeds a limit in force."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.domain.errors import InsufficientFunds
from accounts.domain.limits.limit_changes import LimitChange
from accounts.domain.limits.own_limits import RAISE_DELAY, LimitKind, LimitReached, window_start
from accounts.services.limits.set_trading_limits import set_trading_limits
from accounts.tests.cast import NOON
from trading.models import FlashTrade, Instrument
from trading.services.settlement.settle_due_trades import settle_due_trades
from trading.tests.cast import Stage, trader

KINDS = [(LimitKind.LOSS, 1), (LimitKind.LOSS, 7), (LimitKind.TURNOVER, 1), (LimitKind.TURNOVER, 7)]
KINDS += [(LimitKind.STAKE, 0), (LimitKind.OPEN_TRADES, 0), (LimitKind.BALANCE, 0)]
NUMBERS = count()


@dataclass(frozen=True)
class Order:
    stake: int
    seconds: int


@dataclass(frozen=True)
class Change:
    which: tuple[LimitKind, int]
    amount: int | None


@dataclass(frozen=True)
class Settle:
    """The next price, and the settlement of all trades that it makes due."""

    cents: int


@dataclass(frozen=True)
class Wait:
    hours: int


ORDERS = st.builds(Order, stake=st.sampled_from([25, 10, 100]), seconds=st.sampled_from([15, 3600]))
FIRST = st.builds(Change, st.sampled_from(KINDS), st.sampled_from([60, 30, 2]))
EVENTS = st.one_of(
    ORDERS,
    ORDERS,
    ORDERS,
    st.builds(Change, st.sampled_from(KINDS), st.none() | st.sampled_from([0, 2, 30, 60, 150, 10_000])),
    st.builds(Settle, st.sampled_from([-1, 0, 1])),
    st.builds(Wait, st.sampled_from([1, 11, 13, 24, 24 * 6])),
)


class History:
    """One person, one market; and each limit with its use, computed differently than in the services."""

    def __init__(self) -> None:
        number = next(NUMBERS)
        self.instrument = Instrument.objects.create(symbol=f"L{number}-USDT", pip=Decimal("0.01"), durations=[15, 3600])
        self.stage, self.alice = Stage(self.instrument), trader(f"limited{number}")
        self.now = NOON
        self.asked: dict[tuple[LimitKind, int], list[tuple[datetime, Decimal]]] = {}
        self.stage.price(self.now, "60000.00")

    def live(self, event: Order | Change | Settle | Wait) -> None:
        if isinstance(event, Wait):
            self.now += timedelta(hours=event.hours)
            self.stage.price(self.now, "60000.00")
        elif isinstance(event, Settle):
            self.settle(event)
        elif isinstance(event, Change):
            self.change(event)
        else:
            self.order(event)

    def settle(self, event: Settle) -> None:
        """Enter now, and end the short trades fifteen seconds later."""
        for seconds in (1, 2, 16, 17, 18):
            price = 60000 + (Decimal(event.cents) / 100 if seconds > 2 else 0)
            self.stage.price(self.now + timedelta(seconds=seconds), f"{price:.2f}")
        self.now += timedelta(seconds=18)
        settle_due_trades(instrument=self.instrument.symbol, now=self.now)

    def change(self, event: Change) -> None:
        kind, days = event.which
        amount = None if event.amount is None else Decimal(event.amount)
        wish = LimitChange(kind, "USDT", True, days, amount)
        set_trading_limits(user_id=self.alice.user.pk, changes=[wish], now=self.now)
        self.asked.setdefault(event.which, []).append((self.now, Decimal("Infinity") if amount is None else amount))

    def order(self, event: Order) -> None:
        with suppress(LimitReached, InsufficientFunds):
            self.alice.place(at=self.now, stake=str(event.stake), seconds=event.seconds, symbol=self.instrument.symbol)
            for which in self.asked:
                assert self.used(*which) <= self.most(which), (which, self.asked[which])

    def most(self, which: tuple[LimitKind, int]) -> Decimal:
        """The last request of a day ago or earlier, or the lowest of the requests since."""
        older = [amount for at, amount in self.asked[which] if at <= self.now - RAISE_DELAY]
        recent = [amount for at, amount in self.asked[which] if at > self.now - RAISE_DELAY]
        return min([*older[-1:], *recent])

    def used(self, kind: LimitKind, days: int) -> Decimal:
        trades = list(FlashTrade.objects.filter(user=self.alice.user))
        start = window_start(days, self.now) if days else self.now
        running = [trade for trade in trades if trade.settled_at is None]
        if kind is LimitKind.STAKE:
            return max(trades, key=lambda trade: trade.id).stake
        if kind is LimitKind.OPEN_TRADES:
            return Decimal(len(running))
        if kind is LimitKind.BALANCE:
            return self.alice.wallet.balance
        if kind is LimitKind.TURNOVER:
            return Decimal(sum(trade.stake for trade in trades if trade.accepted_at >= start))
        ended = [trade.profit or 0 for trade in trades if trade.settled_at and trade.settled_at >= start]
        return max(Decimal(0), -Decimal(sum(ended))) + Decimal(sum(trade.stake for trade in running))


@pytest.mark.long
@given(first=st.lists(FIRST, min_size=1, max_size=3), events=st.lists(EVENTS, min_size=6, max_size=25))
@settings(max_examples=15)
def test_no_accepted_order_is_above_a_limit(
    db: None, first: list[Change], events: list[Order | Change | Settle | Wait]
) -> None:
    history = History()
    for event in [*first, *events]:
        history.live(event)
