"""The time of an order or of a status is read where they are put in order, not where they come in."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from itertools import count
from threading import Event

import pytest
from django.db import connections, transaction

from accounts.domain.errors import Refusal
from accounts.tests.cast import NOON
from accounts.tests.guards import run_sql
from accounts.tests.patience import PATIENCE_SECONDS
from accounts.tests.threads import at_once, until_waiting
from trading.domain.orders import Order
from trading.domain.terms import Direction, Status
from trading.models import FlashTrade, Instrument
from trading.selectors.listings import held_instruments
from trading.services.instruments.set_instrument_status import set_instrument_status
from trading.services.orders.close_trade import close_trade
from trading.services.orders.open_trades import open_trade
from trading.tests.cast import SYMBOL, Trader, open_stage, trader
from trading.tests.closing import at, open_one, order_of

pytestmark = pytest.mark.django_db(transaction=True)

MICROSECOND = timedelta(microseconds=1)


class Ticking:
    """A clock for all threads: each look at it is a microsecond later than the one before."""

    def __init__(self, begin: datetime) -> None:
        self._looks = (begin + n * MICROSECOND for n in count())

    def __call__(self) -> datetime:
        return next(self._looks)


def place(who: Trader, clock: Callable[[], datetime], key: str = "order") -> FlashTrade:
    return open_trade(Order(who.user.pk, key, SYMBOL, Direction.UP, Decimal(1), 60), clock=clock).trade


def set_status(status: Status, clock: Callable[[], datetime]) -> datetime:
    set_instrument_status(symbols=[SYMBOL], status=status, reason="a test", clock=clock)
    since = Instrument.objects.get().status_since
    assert since is not None
    return since


@contextmanager
def kept_waiting(held: Callable[[], object], call: Callable[[], object]) -> Iterator[Future[object]]:
    """`call` runs in a thread and waits for the lock that `held` takes, until the block ends."""

    def alone() -> object:
        try:
            return call()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool, transaction.atomic():
        held()
        future = pool.submit(alone)
        until_waiting(unless=future.done)
        assert not future.done(), future.result()
        yield future


def test_an_order_that_waited_for_a_change_of_status_is_later_than_it() -> None:
    open_stage()
    clock = Ticking(NOON)
    with kept_waiting(lambda: run_sql("SELECT hold_orders()"), partial(place, trader("ann"), clock)) as placed:
        changed_at = clock()
    placed.result()
    assert FlashTrade.objects.get().accepted_at > changed_at


def test_an_order_that_waited_for_another_of_its_person_is_later_than_that() -> None:
    open_stage()
    ann, clock = trader("ann"), Ticking(NOON)
    locked = partial(run_sql, "SELECT FROM ledger_accounts WHERE owner_id = %s FOR NO KEY UPDATE", ann.user.pk)
    with kept_waiting(locked, partial(place, ann, clock)) as placed:
        other_at = clock()
    placed.result()
    assert FlashTrade.objects.get().accepted_at > other_at


def test_a_close_that_waited_for_a_change_of_status_is_later_than_it() -> None:
    _scene, trade = open_one(open_stage(), trader("ann"))
    clock = Ticking(at(41.5))
    closing = partial(close_trade, trade_id=trade.pk, user_id=trade.user_id, min_price=None, clock=clock)
    with kept_waiting(lambda: run_sql("SELECT hold_orders()"), closing) as closed:
        changed_at = clock()
    closed.result()
    assert order_of(trade).asked_at > changed_at


def test_a_status_that_waited_for_an_order_is_later_than_it() -> None:
    open_stage()
    clock = Ticking(NOON)
    with kept_waiting(lambda: held_instruments([SYMBOL]), partial(set_status, Status.PAUSED, clock)) as paused:
        order_at = clock()
    assert paused.result() == Instrument.objects.get().status_since
    assert Instrument.objects.filter(status_since__gt=order_at).exists()


def test_no_trade_seems_accepted_while_its_instrument_was_paused() -> None:
    open_stage()
    people, clock = [trader(f"trader{n}") for n in range(4)], Ticking(NOON)
    pauses: list[tuple[datetime, datetime]] = []
    begun, ended = Event(), Event()

    def go_on_placing(who: Trader) -> None:
        for n in count():
            try:
                place(who, clock, f"order-{n}")
                begun.set()
            except Refusal:
                if ended.is_set():
                    return

    def pause_and_open() -> None:
        begun.wait(PATIENCE_SECONDS)
        for _ in range(10):
            pauses.append((set_status(Status.PAUSED, clock), set_status(Status.OPEN, clock)))
        set_status(Status.PAUSED, clock)
        ended.set()

    calls: list[Callable[[], None]] = [*[partial(go_on_placing, who) for who in people], pause_and_open]
    results: list[object] = [*at_once(calls)]

    assert results == [None] * 5
    accepted = list(FlashTrade.objects.values_list("accepted_at", flat=True))
    assert accepted
    assert not [moment for moment in accepted for begin, end in pauses if begin < moment < end]
