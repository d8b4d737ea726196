"""The proof fails when an order was lost or doubled, and when it took too long."""

from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from django.db import connection

from deploy.ha.faults import Loss
from deploy.ha.orders import Acknowledged, Told
from deploy.ha.proof import MUST_BE_NONE, across, faults_of, of_all, of_fault
from trading.models import FlashTrade
from trading.tests.cast import Trader, open_stage, trader

LOSS = Loss("primary", "pg1", at=1000.0, gone=1000.5, successor="pg2", seconds=2.0)
WELL: dict[str, Any] = dict.fromkeys(MUST_BE_NONE, 0) | {
    "trades": 3,
    "distinct orders": 3,
    "trades that a standby exports": 3,
}
FIGURES = {
    "fault": "primary",
    "first success after": 4.0,
    "longest pause of orders": 5.0,
    "first settlement after": 1.0,
}


def acknowledged(sent: float, answered: float, trade: str = "") -> Acknowledged:
    return Acknowledged(0, str(uuid4()), trade or str(uuid4()), sent, answered, 1)


@pytest.fixture
def database() -> str:
    facts = connection.get_connection_params()
    wanted = {"dbname", "host", "port", "user", "password"}
    return psycopg.conninfo.make_conninfo(**{name: facts[name] for name in wanted if facts.get(name)})


@pytest.fixture
def alice(transactional_db: None) -> Trader:
    open_stage()
    return trader("alice")


def told_of(*trades: FlashTrade) -> Told:
    orders = [Acknowledged(0, trade.idempotency_key, str(trade.pk), 1.0, 2.0, 1) for trade in trades]
    return Told(orders=orders)


def test_all_is_well_when_each_acknowledged_order_is_stored_once(alice: Trader, database: str) -> None:
    whole = of_all(told_of(alice.place(), alice.place()), database)
    assert (whole["acknowledged"], whole["lost"], whole["doubled"], whole["stored without an answer"]) == (2, 0, 0, 0)
    # They are under way: their stakes are held, and not yet released.
    assert whole["trades without one hold and one release of their stake"] == 2


def test_an_acknowledged_order_that_is_not_stored_is_lost(alice: Trader, database: str) -> None:
    told = told_of(alice.place())
    told.orders.append(acknowledged(1.0, 2.0))
    whole = of_all(told, database)
    assert whole["lost"] == 1
    assert "lost: 1" in faults_of([], WELL | whole)


def test_an_order_with_another_trade_than_was_told_is_lost(alice: Trader, database: str) -> None:
    told = told_of(alice.place())
    told.orders[0] = Acknowledged(0, told.orders[0].key, str(UUID(int=1)), 1.0, 2.0, 1)
    assert of_all(told, database)["lost"] == 1


def test_a_trade_of_an_order_that_was_never_answered_is_told(alice: Trader, database: str) -> None:
    stored = alice.place()
    told = Told(unanswered=[(0, stored.idempotency_key)])
    whole = of_all(told, database)
    assert (whole["never answered"], whole["stored without an answer"]) == (1, 1)


def test_a_loss_is_measured_from_its_beginning(alice: Trader, database: str) -> None:
    orders = [
        acknowledged(990, 991),
        acknowledged(1000.2, 1000.3),
        acknowledged(1004, 1006.5),
        acknowledged(1007, 1008),
    ]
    told = Told(orders=orders, failures=[(1001.0, "503 unavailable"), (2001.0, "later")], prices=[999.0, 1003.0])
    told_of_loss = of_fault(LOSS, told, 1009.0, database)
    # The order of 1000.2 came before the loss was complete.
    assert told_of_loss["first success after"] == 6.5
    assert told_of_loss["longest pause of orders"] == 9.3
    assert told_of_loss["longest silence of a socket"] == 6.0  # to the end
    assert (told_of_loss["orders"], told_of_loss["failed tries"]) == (2, {"503 unavailable": 1})
    assert told_of_loss["first settlement after"] is None


def test_the_trades_under_way_at_a_loss_are_verified() -> None:
    orders = [acknowledged(998, 999, "last"), acknowledged(990, 991, "earlier"), acknowledged(1001, 1002, "after")]
    assert across([LOSS], orders) == ["last"]
    assert across([LOSS], []) == []


def test_nothing_is_a_fault_when_all_is_as_it_must_be() -> None:
    assert faults_of([FIGURES], WELL) == []


@pytest.mark.parametrize("name", MUST_BE_NONE)
def test_each_thing_that_must_not_be_is_a_fault(name: str) -> None:
    assert faults_of([FIGURES], WELL | {name: 1}) == [f"{name}: 1"]


@pytest.mark.parametrize("name", ["first success after", "longest pause of orders"])
@pytest.mark.parametrize("value", [15.1, None])
def test_a_long_outage_is_a_fault(name: str, value: float | None) -> None:
    assert faults_of([FIGURES | {name: value}], WELL) == [f"primary: {name} {value} s"]
    assert faults_of([FIGURES | {name: 15.0}], WELL) == []


def test_two_trades_of_one_order_are_a_fault() -> None:
    assert faults_of([], WELL | {"distinct orders": 2}) == ["3 trades of 2 orders"]


def test_a_standby_without_all_trades_is_a_fault() -> None:
    assert faults_of([], WELL | {"trades that a standby exports": 2}) == ["a standby exports 2 of 3 trades"]


def test_no_settlement_is_a_fault() -> None:
    assert faults_of([FIGURES | {"first settlement after": None}], WELL) == ["primary: nothing was settled"]
