"""Measures the cost of a liability cap per order: without a cap, with our stripes, and with one hot row instead."""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import partial
from itertools import count

from django.db import connections, transaction

from accounts.selectors.ledger.wallets import wallets_of
from trading.bench.stage import SECONDS, SYMBOL
from trading.domain.caps import CapacityReached, stripe_of
from trading.domain.orders import Order
from trading.domain.terms import Direction
from trading.models import Instrument
from trading.services.orders.open_trades import open_trade

ENOUGH = 10**9
STAKE = Decimal(1)
numbers = count()


@dataclass(frozen=True, slots=True)
class Opened:
    """Orders a second, each in its own transaction, by several people at once."""

    hands: int
    without_cap: float
    striped: float
    one_row: float
    full: float
    """Refusals a second while the capacity is used up."""


def measure(*, users: Sequence[int], orders: int, hands: int, now: datetime) -> Opened:
    """Measure all ways; the newest price must be of `now`.

    The ways take turns, so that a slow moment of the machine affects them all.
    """
    ways: dict[str, Callable[[], None]] = {
        "without_cap": partial(_cap, None),
        "striped": partial(_cap, ENOUGH),
        "one_row": partial(_cap, ENOUGH),
        "full": partial(_cap, 0),
    }
    # All wallets of one stripe: then every order writes the same two rows.
    together = [user for user in users if stripe_of(wallets_of(user)[0].id) == 0]
    seconds = dict.fromkeys(ways, 0.0)
    for _round in range(4):
        for way, prepare in ways.items():
            prepare()
            seconds[way] += _place(together if way == "one_row" else users, orders // 4, hands, now)
    return Opened(hands, **{way: orders / took for way, took in seconds.items()})


def _cap(amount: int | None) -> None:
    with transaction.atomic():
        Instrument.objects.filter(symbol=SYMBOL).update(liability_max=amount, bucket_liability_max=amount)


def _place(users: Sequence[int], orders: int, hands: int, now: datetime) -> float:
    """Seconds for these orders from parallel threads, each with its own connection. People take turns."""

    def play(hand: int) -> None:
        try:
            for n in range(hand, orders, hands):
                order = Order(users[n % len(users)], f"cap-{next(numbers)}", SYMBOL, Direction.UP, STAKE, SECONDS)
                with suppress(CapacityReached):
                    open_trade(order, clock=lambda: now)
        finally:
            connections.close_all()

    started = time.perf_counter()
    with ThreadPoolExecutor(hands) as pool:
        list(pool.map(play, range(hands)))
    return time.perf_counter() - started
