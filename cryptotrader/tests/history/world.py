"""A world for random histories: people, staff, and a market whose clock the actions move."""

import random
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import count
from threading import Lock

from django.db import connections

from accounts.domain.errors import Refusal
from accounts.models import User
from accounts.tests.cast import NOON
from trading.domain.prices import Source, Tick
from trading.domain.reading import PriceRefused, Reading
from trading.models import Instrument
from trading.services.prices.record_index_prices import record_index_prices
from trading.services.settlement.settle_due_trades import settle_due_trades

SYMBOL, CURRENCY = "BTC-USDT", "USDT"
CLIENTS = 8
ACTIONS_A_SECOND = 40


@dataclass
class World:
    """The shared state of all clients. `now` only moves forward: every fortieth action ends a second."""

    traders: Sequence[User]
    cautious: Sequence[User]
    """The traders who set limits, take time-outs and get frozen: the others trade all the time."""

    staff: Sequence[User]
    seed: int
    second: int = 0
    tally: Counter[tuple[str, str]] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)
    numbers: "count[int]" = field(default_factory=count)
    _clock: Lock = field(default_factory=Lock)
    _price: Decimal = Decimal("60000.00")

    @property
    def now(self) -> datetime:
        return NOON + timedelta(seconds=self.second, milliseconds=500)

    def pass_second(self, chance: random.Random, *, seconds: int = 1) -> None:
        """Ends a second, which has a price or, now and then, none. Then due trades are settled."""
        with self._clock:
            self.second += seconds
            at, now = NOON + timedelta(seconds=self.second), self.now
            self._price += chance.choice([-3, -1, 0, 0, 1, 3]) * Decimal("0.01")
            quote = self._price
        if chance.random() > 0.03:
            tick = Tick("venue", quote, quote, None, at)
            try:
                record_index_prices(at=at, readings=[Reading(SYMBOL, Source.LIVE, (tick,), 1)], now=now)
            except PriceRefused:
                self.tally["price", "too late"] += 1
        settle_due_trades(instrument=SYMBOL, now=now)


Action = Callable[[World, random.Random], str | list[str]]
"""A client's action. It returns a word for its result (or one for each of several at once), or raises a Refusal."""


@dataclass
class Client:
    """One of the concurrent clients, with its own random numbers: action after action; refusals are normal."""

    world: World
    number: int
    actions: Sequence[tuple[Action, float]]

    def live(self, operations: int) -> None:
        chance = random.Random(f"{self.world.seed}/{self.number}")
        choices, weights = zip(*self.actions, strict=True)
        done = ended = 0
        try:
            while done < operations:
                (action,) = chance.choices(choices, weights)
                done += self._do(action, chance)
                if self.number == 0 and done - ended >= ACTIONS_A_SECOND // CLIENTS:
                    self.world.pass_second(chance)
                    ended = done
        finally:
            connections.close_all()

    def _do(self, action: Action, chance: random.Random) -> int:
        try:
            results = action(self.world, chance)
        except Refusal as refusal:
            results = refusal.code
        except Exception as error:
            results = type(error).__name__
            self.world.failures.append(f"{action.__name__}: {type(error).__name__}: {error}")
        listed = [results] if isinstance(results, str) else results
        self.world.tally.update((action.__name__, result) for result in listed)
        return len(listed)


def live(world: World, actions: Sequence[tuple[Action, float]], *, operations: int) -> None:
    """Runs so many operations by eight clients side by side; afterwards every trade has ended."""
    with ThreadPoolExecutor(CLIENTS) as pool:
        lives = [pool.submit(Client(world, number, actions).live, operations // CLIENTS) for number in range(CLIENTS)]
        for life in lives:
            life.result()
    settle_due_trades(instrument=SYMBOL, now=world.now + timedelta(hours=2))


def open_market() -> None:
    """Opens one instrument for real money: its prices are live. Now and then its capacity is reached."""
    caps = {"liability_max": 12_000, "bucket_liability_max": 9_000, "open_trades_max": 60}
    Instrument.objects.create(symbol=SYMBOL, pip=Decimal("0.01"), durations=[15, 30, 60], stake_max=5000, **caps)
