"""A market, its traders and its staff, for a program to act on."""

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from itertools import count
from uuid import UUID

from django.db.models import F, Sum

from accounts.domain.approvals.requests import AlreadyDecided
from accounts.domain.errors import IdempotencyKeyReused, Refusal
from accounts.models import ApprovalRequest
from accounts.tests.cast import NOON, standing
from accounts.tests.threads import at_once
from cryptotrader.tests.fuzz.deaths import survive
from cryptotrader.tests.fuzz.funds import fund
from cryptotrader.tests.fuzz.market import Venues
from cryptotrader.tests.fuzz.steps import (
    PEOPLE,
    Cap,
    Close,
    Key,
    Orders,
    Pass,
    Setting,
    Settle,
    Step,
    Void,
    Wait,
    Weather,
    Wish,
)
from trading.domain.orders import Order
from trading.domain.prices import Source
from trading.domain.reading import PriceRefused, Reading
from trading.models import FlashTrade, Instrument
from trading.selectors.due import instruments_with_due_trades
from trading.services.orders.close_trade import close_trade
from trading.services.orders.open_trades import Accepted, open_trades
from trading.services.prices.record_index_prices import record_index_prices
from trading.services.settlement.settle_due_trades import settle_due_trades
from trading.tests.cast import trader
from trading.tests.voids import Staff

NUMBERS = count()
LONG_AFTER = timedelta(minutes=20)
EARLIER, EARLIER_GAP = 6, 7
"""Some prices far apart before the program: with them the volatility is known, so that trades can be sold."""

FAIR = Pass(1, Weather.FAIR, 0, late=False, messages_lost=False, death=None, in_time=True)


@dataclass
class World:
    """Its clock only moves forward, half a second behind the whole one. Other programs' worlds share the database."""

    setting: Setting
    staff: Staff
    tally: Counter[str]
    number: int = field(default_factory=lambda: next(NUMBERS))
    second: int = 0
    heard: dict[tuple[int, str], UUID] = field(default_factory=dict)
    """The trades that a caller was told of."""

    def __post_init__(self) -> None:
        caps = {"liability_max": self.setting.liability_max, "open_trades_max": self.setting.open_trades_max}
        self.instrument = Instrument.objects.create(
            symbol=f"F{self.number}-USDT",
            pip=Decimal("0.01"),
            durations=[15, 30, 300],
            **caps,
        )
        self.people = [trader(f"fuzz{self.number}-{n}") for n in range(PEOPLE)]
        for person in self.people:
            fund(person, Decimal(1000))
        self.orders: dict[int, Order] = {}
        self.numbers = count()
        self.venues = Venues(self.setting.venues)
        chance = random.Random(0)
        for _ in range(EARLIER):
            self.second += EARLIER_GAP
            self._record(FAIR, chance, dies=False)

    @property
    def now(self) -> datetime:
        return NOON + timedelta(seconds=self.second, milliseconds=500)

    @property
    def symbol(self) -> str:
        return self.instrument.symbol

    def live(self, step: Step) -> None:
        {
            Pass: self.go_on,
            Wait: self.wait,
            Orders: self.order,
            Close: self.close,
            Settle: self.settle,
            Cap: self.cap,
            Void: self.void,
        }[type(step)](step)  # type: ignore[operator]

    def end(self) -> None:
        """Long after the last expiry, the sweep runs. Afterwards every trade has ended, and stays as it is."""
        self.second += int(LONG_AFTER.total_seconds())
        due = [symbol for symbol in instruments_with_due_trades(self.now) if symbol == self.symbol]
        for symbol in due:
            settle_due_trades(instrument=symbol, now=self.now)
        again = settle_due_trades(instrument=self.symbol, now=self.now)
        assert (again.entered, again.settled) == (0, 0)

    def wait(self, step: Wait) -> None:
        self.second += step.seconds

    def go_on(self, step: Pass) -> None:
        chance = random.Random(step.seed)
        for each in range(step.seconds):
            self.second += 1
            self._record(step, chance, dies=each == 0)

    def _record(self, step: Pass, chance: random.Random, *, dies: bool) -> None:
        at = NOON + timedelta(seconds=self.second)
        now = at + timedelta(milliseconds=chance.choice([20, 400, 2000])) if step.late else at
        source = Source.SIMULATED if step.weather is Weather.SIMULATED else Source.LIVE
        ticks = self.venues.move(at, step.weather, chance)
        reading = Reading(self.symbol, source, ticks, min(self.setting.venues_min, self.setting.venues))
        call = partial(record_index_prices, at=at, readings=[reading], now=now)
        recorded = survive(call, step.death if dies else None)
        if recorded is None and step.in_time:
            try:
                recorded = call()
            except PriceRefused:  # it died after the commit
                self.tally["price: was there already"] += 1
        self.tally["price" if recorded and recorded.published else "no price"] += 1
        if recorded and recorded.due and not (step.messages_lost and chance.random() < 0.8):
            settle_due_trades(instrument=self.symbol, now=now)

    def order(self, step: Orders) -> None:
        orders = [self._order(wish) for wish in step.wishes]
        before = self._open()
        call = partial(open_trades, orders, clock=standing(self.now))
        results = survive(call, step.death)
        if results is None and step.again:
            results = call()
        for order, result in zip(orders, results or (), strict=False):
            self._hear(order, result)
        self._check_caps(before)

    def _order(self, wish: Wish) -> Order:
        last = self.orders.get(wish.person)
        if last is not None and wish.key is Key.REPLAY:
            return last
        key = last.idempotency_key if last and wish.key is Key.REUSED else f"order-{next(self.numbers)}"
        person = self.people[wish.person].user.pk
        order = Order(person, key, self.symbol, wish.direction, Decimal(wish.stake), wish.seconds, demo=wish.demo)
        self.orders[wish.person] = order
        return order

    def _hear(self, order: Order, result: Accepted | Refusal) -> None:
        name = (order.user_id, order.idempotency_key)
        if isinstance(result, Refusal):
            self.tally[f"order: {result.code}"] += 1
            assert not isinstance(result, IdempotencyKeyReused) or trade_exists(*name)
            return
        self.tally["order: replayed" if result.replayed else "order: accepted"] += 1
        assert result.trade.order_digest == order.digest
        assert self.heard.setdefault(name, result.trade.pk) == result.trade.pk

    def _open(self) -> dict[bool, tuple[int, Decimal]]:
        """Returns, for each book, the number of all trades, and the house's liability for those under way."""
        trades = FlashTrade.objects.filter(instrument=self.instrument)
        books = {}
        for demo in (False, True):
            running = trades.filter(demo=demo).exclude(state="settled")
            owed = running.aggregate(owed=Sum(F("payout") - F("stake")))["owed"] or Decimal(0)
            books[demo] = (trades.filter(demo=demo).count(), owed)
        return books

    def _check_caps(self, before: dict[bool, tuple[int, Decimal]]) -> None:
        """After an accepted order, the total liability is at most the cap."""
        self.instrument.refresh_from_db()
        cap, most = self.instrument.liability_max, self.instrument.open_trades_max
        for demo, (number, owed) in self._open().items():
            if number == before[demo][0]:
                continue
            assert cap is None or owed <= cap, (demo, owed, cap)
            for person in self.people:
                running = FlashTrade.objects.filter(instrument=self.instrument, user=person.user, demo=demo)
                assert most is None or running.exclude(state="settled").count() <= most

    def close(self, step: Close) -> None:
        running = list(FlashTrade.objects.filter(instrument=self.instrument, state="open").order_by("id"))
        if not running:
            return
        trade = running[step.which % len(running)]
        minimum = Decimal(step.minimum) * trade.stake if step.minimum else None
        call = partial(
            close_trade, trade_id=trade.pk, user_id=trade.user_id, min_price=minimum, clock=standing(self.now)
        )
        self._ask("close", call, step)

    def _ask(self, name: str, call: Callable[[], object], step: Close | Void) -> None:
        try:
            if survive(call, step.death) is None and step.again:
                call()
            self.tally[f"{name}: done"] += 1
        except Refusal as refusal:
            self.tally[f"{name}: {refusal.code}"] += 1

    def settle(self, step: Settle) -> None:
        call = partial(settle_due_trades, instrument=self.symbol, now=self.now)
        if step.workers == 1:
            survive(call, step.death)
            return
        results = at_once([partial(survive, call, step.death if n == 0 else None) for n in range(step.workers)])
        assert not [result for result in results if isinstance(result, Exception)], results

    def cap(self, step: Cap) -> None:
        Instrument.objects.filter(pk=self.instrument.pk).update(liability_max=step.liability_max)

    def void(self, step: Void) -> None:
        ended = list(FlashTrade.objects.filter(instrument=self.instrument, state="settled").order_by("id"))
        if ended:
            self._ask("void", partial(self._void, ended[step.which % len(ended)]), step)

    def _void(self, trade: FlashTrade) -> str:
        """Asks, unless another step has, and approves as both approvers; the second approval executes it."""
        asked = ApprovalRequest.objects.filter(subject=f"trade:{trade.pk}", state="pending").first()
        request = asked.pk if asked else self.staff.ask(trade.pk)
        for approver in self.staff.approvers:
            try:
                self.staff.approve(request, approver)
            except AlreadyDecided:
                self.tally["void: approved before"] += 1
        return "void"


def trade_exists(user_id: int, key: str) -> bool:
    return FlashTrade.objects.filter(user_id=user_id, idempotency_key=key).exists()
