"""Several workers that settle the same trades at the same moment."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from functools import partial
from threading import Event

import pytest
from django.db import connection, transaction

from accounts.models import Transfer
from accounts.tests.audit import assert_the_ledger_balances
from accounts.tests.cast import NOON, standing
from accounts.tests.patience import PATIENCE_SECONDS
from accounts.tests.threads import at_once, until_waiting
from trading.domain.orders import Order
from trading.domain.terms import Direction
from trading.models import FlashTrade, Instrument
from trading.selectors.listings import newest_prices
from trading.services.orders.open_trades import Accepted, open_trades
from trading.services.settlement import settle_due_trades as settling
from trading.services.settlement.settle_due_trades import Settled, settle_due_trades
from trading.steps.settlement_sql import SETTLE
from trading.tests.cast import SYMBOL, Stage, Trader, open_stage, trader

pytestmark = pytest.mark.django_db(transaction=True)
TRADES = 500
EXPIRY = NOON + timedelta(seconds=16)


def crowd(stage: Stage) -> list[Trader]:
    """Five traders with 100 trades each, up and down by turns, all due at the same second."""
    people = [trader(f"trader{n}") for n in range(5)]
    orders = [
        Order(people[n % 5].user.pk, f"order-{n}", SYMBOL, list(Direction)[n % 2], Decimal("10.10"), 15)
        for n in range(TRADES)
    ]
    assert all(isinstance(result, Accepted) for result in open_trades(orders, clock=standing(NOON)))
    stage.price(NOON + timedelta(seconds=1), "60000.00")
    stage.price(EXPIRY, "60000.01")
    return people


def assert_settled_once(people: list[Trader]) -> None:
    outcomes = Counter(FlashTrade.objects.values_list("state", "outcome"))
    assert outcomes == {("settled", "won"): TRADES // 2, ("settled", "lost"): TRADES // 2}
    phases = Counter(Transfer.objects.exclude(kind="grant").values_list("kind", "phase"))
    assert phases == {
        ("stake", "pending"): TRADES,
        ("stake", "post"): TRADES // 2,
        ("stake", "void"): TRADES // 2,
        ("payout", "single"): TRADES // 2,
    }
    # 10.10 × 1.85 = 18.685, rounded down to 18.68: a win gains 8.58.
    for person in people:
        assert (person.wallet.balance, person.wallet.held) == (10000 + 50 * Decimal("8.58") - 50 * Decimal("10.10"), 0)
    assert_the_ledger_balances()


GATE = 815
GATED = SETTLE.replace(
    "decided AS (", f"gate AS MATERIALIZED (SELECT pg_advisory_xact_lock({GATE})), decided AS (", 1
).replace("AND NOT EXISTS", "AND (SELECT count(*) FROM gate) = 1 AND NOT EXISTS", 1)
"""SETTLE that has taken its snapshot, and continues when the gate is opened."""


def test_trades_that_another_worker_enters_meanwhile_are_settled_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """Their rows then have a newer version than the one in the statement's snapshot."""
    people = crowd(open_stage())
    monkeypatch.setattr(settling, "SETTLE", GATED)
    instrument, is_shut = Instrument.objects.get(), Event()
    (newest,) = newest_prices([instrument.pk])

    def settle() -> Settled:
        is_shut.wait(PATIENCE_SECONDS)
        return settle_due_trades(instrument=SYMBOL, now=EXPIRY)

    def enter() -> object:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [GATE])
            is_shut.set()
            until_waiting()
            (entered,) = at_once([partial(settling._enter, instrument, newest)])  # over its own connection
        return entered

    calls: list[Callable[[], object]] = [settle, enter]
    assert at_once(calls) == [Settled(entered=0, settled=TRADES), TRADES]
    assert_settled_once(people)


@pytest.mark.parametrize("workers", [2, 6])
def test_each_trade_is_settled_once(workers: int) -> None:
    people = crowd(open_stage())

    results = at_once([partial(settle_due_trades, instrument=SYMBOL, now=EXPIRY)] * workers)

    assert all(isinstance(result, Settled) for result in results), results
    # A worker skips trades that another one holds, so a last run may find some.
    last = settle_due_trades(instrument=SYMBOL, now=EXPIRY)
    assert sum(result.settled for result in [*results, last] if isinstance(result, Settled)) == TRADES
    assert_settled_once(people)


def test_orders_are_taken_while_trades_are_settled() -> None:
    people = crowd(stage := open_stage())

    def order(person: Trader, number: int) -> list[object]:
        wanted = Order(person.user.pk, f"late-{number}", SYMBOL, Direction.UP, Decimal(5), 15)
        return list(open_trades([wanted], clock=standing(EXPIRY)))

    orders = [partial(order, person, number) for number in range(3) for person in people]
    settling = [partial(settle_due_trades, instrument=stage.instrument.symbol, now=EXPIRY)] * 2
    calls: list[Callable[[], object]] = [*orders, *settling]
    results = at_once(calls)

    assert not [result for result in results if isinstance(result, Exception)]
    settle_due_trades(instrument=SYMBOL, now=EXPIRY)
    assert FlashTrade.objects.filter(state="settled").count() == TRADES
    assert {person.wallet.held for person in people} == {Decimal(15)}
    assert_the_ledger_balances()
