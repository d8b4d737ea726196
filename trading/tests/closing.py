"""An open trade in a market that has moved for a while, ready for an early close."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from math import ceil

from django.db.models import Min

from accounts.reconciliation import Fault, ledger_faults, stake_faults
from accounts.tests.cast import NOON, standing
from trading.domain.prices import Source
from trading.domain.terms import Direction, Status
from trading.models import CloseOrder, FlashTrade
from trading.selectors.trades import STAKES
from trading.services.instruments.set_instrument_status import set_instrument_status
from trading.services.orders.close_trade import Closing, close_trade
from trading.services.settlement.settle_due_trades import settle_due_trades
from trading.tests.cast import SYMBOL, Stage, Trader

HISTORY = 40
"""The seconds with a price before the trade: from noon on, every fifth."""


def at(second: float) -> datetime:
    return NOON + timedelta(seconds=second)


def usual_price(second: int) -> str:
    return "60003.00" if second % 2 else "60000.00"


@dataclass
class Scene:
    """A market at a second; each of its seconds has a price."""

    stage: Stage
    second: int = 0
    source: Source = Source.SIMULATED

    def go_to(self, second: int, price: str | None = None) -> None:
        """Let time pass, with a price a second that goes up and down by 3; the last one is `price` if given."""
        while self.second < second:
            stop = min(second, self._next_due())
            usual = [(at(each), usual_price(each)) for each in range(self.second + 1, stop)]
            self.stage.past(usual, source=self.source)
            wanted = price if price and stop == second else usual_price(stop)
            if self.stage.price(at(stop), wanted, source=self.source).due:
                self.settle(stop)
            self.second = stop

    def _next_due(self) -> int:
        """The next second at which a trade or a close order is due, or far away."""
        trades = FlashTrade.objects.filter(instrument=self.stage.instrument)
        moments = [
            trades.filter(state=FlashTrade.State.PENDING).aggregate(first=Min("entry_at")),
            trades.exclude(state=FlashTrade.State.SETTLED).aggregate(first=Min("expires_at")),
            CloseOrder.objects.filter(trade__in=trades, state=CloseOrder.State.WAITING).aggregate(
                first=Min("close_at")
            ),
        ]
        due = [ceil((moment["first"] - NOON).total_seconds()) for moment in moments if moment["first"]]
        return max(min(due, default=10**9), self.second + 1)

    def skip_to(self, second: int) -> None:
        """Let time pass without prices."""
        self.second = second

    def settle(self, second: float) -> None:
        settle_due_trades(instrument=self.stage.instrument.symbol, now=at(second))


def open_one(
    stage: Stage,
    owner: Trader,
    *,
    seconds: int = 60,
    stake: str = "100",
    direction: Direction = Direction.UP,
    demo: bool = True,
    source: Source = Source.SIMULATED,
) -> tuple[Scene, FlashTrade]:
    """A trade of this duration that has entered at 60,003.00, 41 s after noon; the market is at that second."""
    stage.past([(at(second), usual_price(second)) for second in range(5, HISTORY + 1, 5)], source=source)
    scene = Scene(stage, HISTORY, source)
    symbol = stage.instrument.symbol
    trade = owner.place(at=at(HISTORY), seconds=seconds, stake=stake, direction=direction, demo=demo, symbol=symbol)
    scene.go_to(HISTORY + 1)
    trade.refresh_from_db()
    assert trade.state == "open"
    return scene, trade


def ask(trade: FlashTrade, *, now: datetime, min_price: str | None = None, by: int | None = None) -> Closing:
    minimum = None if min_price is None else Decimal(min_price)
    return close_trade(trade_id=trade.pk, user_id=by or trade.user_id, min_price=minimum, clock=standing(now))


def set_status(status: Status) -> None:
    set_instrument_status(symbols=[SYMBOL], status=status, reason="a test of closing", clock=standing(NOON))


def book_faults() -> list[Fault]:
    """The reconciliation's faults in trades and ledger, within a test's transaction."""
    return [*ledger_faults(), *stake_faults(STAKES)]


def order_of(trade: FlashTrade) -> CloseOrder:
    """The only close order of a trade."""
    return CloseOrder.objects.get(trade=trade)
