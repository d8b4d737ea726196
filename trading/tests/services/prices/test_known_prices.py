"""Nobody trades on a known price, however long an order has waited, and by any writer."""

from collections.abc import Callable
from functools import partial
from threading import Event
from uuid import uuid4

import pytest
from django.db import connection, transaction

from accounts.tests.cast import NOON
from accounts.tests.guards import refused, run_sql
from accounts.tests.patience import PATIENCE_SECONDS
from accounts.tests.threads import at_once, until_waiting
from trading.domain.errors import StalePrice
from trading.models import CloseOrder, FlashTrade
from trading.services.orders.close_trade import Closing
from trading.tests.cast import open_stage, trader
from trading.tests.closing import ask, at, open_one

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.refusals]


def hold(lock: str, held: Event, meanwhile: Callable[[], object]) -> None:
    """Hold this statement's locks until another transaction waits for them and `meanwhile` is done."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(lock)
        held.set()
        until_waiting()
        meanwhile()


def test_an_order_that_waited_past_its_entry_second_is_refused() -> None:
    stage, alice, held = open_stage(), trader("alice"), Event()

    def order() -> FlashTrade:
        held.wait(PATIENCE_SECONDS)
        return alice.place(at=NOON)

    def price() -> None:
        at_once([partial(stage.price, at(1), "60000.00")])  # over its own connection

    wallet = f"SELECT FROM ledger_accounts WHERE id = {alice.wallet.id} FOR UPDATE"
    both: list[Callable[[], object]] = [partial(hold, wallet, held, price), order]
    _, found = at_once(both)
    assert isinstance(found, StalePrice), found
    assert not FlashTrade.objects.exists()
    assert alice.wallet.held == 0


def test_a_close_that_waited_past_its_second_is_refused() -> None:
    """Its first check was before the price. The database refuses the insert, and the second check sees the price."""
    scene, trade = open_one(open_stage(), trader("alice"))
    held = Event()

    def close() -> Closing:
        held.wait(PATIENCE_SECONDS)
        return ask(trade, now=at(41.5))

    def prices() -> None:
        at_once([partial(scene.go_to, 50)])  # over its own connection

    both: list[Callable[[], object]] = [partial(hold, "LOCK TABLE close_orders IN SHARE MODE", held, prices), close]
    _, found = at_once(both)
    assert isinstance(found, StalePrice), found
    assert not CloseOrder.objects.exists()


def test_the_database_refuses_a_trade_that_is_dated_back() -> None:
    stage, alice = open_stage(), trader("alice")
    alice.place()
    stage.price(at(1), "60000.00")
    names = [field.attname for field in FlashTrade._meta.concrete_fields]
    born = {"id": "gen_random_uuid()", "idempotency_key": "'another'"}
    values = ", ".join(born.get(name, name) for name in names)
    with refused("entries_lie_ahead"):
        run_sql(f"INSERT INTO flash_trades ({', '.join(names)}) SELECT {values} FROM flash_trades")


def test_the_database_refuses_a_close_order_that_is_dated_back() -> None:
    scene, trade = open_one(open_stage(), trader("alice"))
    scene.go_to(50)
    with refused("closes_lie_ahead"):
        CloseOrder.objects.create(id=uuid4(), trade=trade, asked_at=at(44.5), close_at=at(50))


def test_a_close_asked_by_a_clock_behind_the_entry_price_is_refused() -> None:
    """Its proof would show a close order from before the trade's entry."""
    _, trade = open_one(open_stage(), trader("alice"))
    for second in (40.7, 41):
        with pytest.raises(StalePrice):
            ask(trade, now=at(second))
    ask(trade, now=at(41.1))
