"""The database's own guards of early closes, against any writer: sales are sound, close orders keep their terms."""

from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import connection

from accounts.tests.guards import refused, run_sql
from trading.models import CloseOrder, FlashTrade
from trading.tests.cast import Stage, Trader
from trading.tests.closing import Scene, ask, at, open_one, order_of

SELL = """
    UPDATE flash_trades SET state = 'settled', outcome = 'sold', sale = %s, profit = %s - stake, settled_at = now(),
        sold_at_price = %s, sold_priced_at = %s WHERE id = %s
"""


@pytest.fixture
def opened(stage: Stage, alice: Trader) -> tuple[Scene, FlashTrade]:
    return open_one(stage, alice)


def sell(trade: FlashTrade, *, sale: str = "90", price: str = "60003.00", second: float = 43) -> None:
    run_sql(SELL, Decimal(sale), Decimal(sale), Decimal(price), at(second), trade.pk)


def check_now() -> None:
    """Fire the deferred triggers, as at the commit."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def wait(trade: FlashTrade, *, min_price: Decimal | None = None, close_at: float = 43) -> CloseOrder:
    return CloseOrder.objects.create(
        id=uuid4(), trade=trade, min_price=min_price, asked_at=at(close_at - 0.5), close_at=at(close_at)
    )


def test_a_sale_needs_its_close_order(opened: tuple[Scene, FlashTrade]) -> None:
    _, trade = opened
    with refused("a_sale_needs_its_close_order"):
        sell(trade, second=42)
        check_now()


@pytest.mark.parametrize(
    ("sale", "price", "second"), [("91", "60000.00", 43), ("90", "60000.01", 43), ("90", "60003.00", 42)]
)
def test_for_its_offer_at_its_price_and_not_before_its_second(
    opened: tuple[Scene, FlashTrade], sale: str, price: str, second: int
) -> None:
    scene, trade = opened
    wait(trade)
    scene.stage.price(at(42), "60003.00")
    scene.stage.price(at(43), "60000.00")
    with refused("a_sold_order_needs_its_sale"):
        run_sql("UPDATE close_orders SET state = 'sold', offer = 90, decided_at = now()")
        sell(trade, sale=sale, price=price, second=second)
        check_now()


def test_a_sold_order_needs_its_sale(opened: tuple[Scene, FlashTrade]) -> None:
    _, trade = opened
    wait(trade)
    with refused("a_sold_order_needs_its_sale"):
        run_sql("UPDATE close_orders SET state = 'sold', offer = 90, decided_at = now()")
        check_now()


def test_what_is_sound_goes_through(opened: tuple[Scene, FlashTrade]) -> None:
    scene, trade = opened
    wait(trade)
    scene.stage.price(at(42), "60003.00")
    scene.stage.price(at(43), "60000.00")
    run_sql("UPDATE close_orders SET state = 'sold', offer = 90, decided_at = now()")
    sell(trade, price="60000.00")
    check_now()


def test_only_an_open_trade_is_sold(stage: Stage, alice: Trader) -> None:
    trade = alice.place()
    with refused("only_open_trades_are_sold"):
        sell(trade)


@pytest.mark.parametrize(
    "change",
    [
        "sale = 90",
        "sold_at_price = 90",
        "sold_priced_at = now()",
        "outcome = 'sold', state = 'settled', profit = 0, settled_at = now()",
        "outcome = 'won', state = 'settled', profit = 85, settled_at = now(), sale = 185",
    ],
)
def test_a_sale_is_whole_or_not_there(opened: tuple[Scene, FlashTrade], change: str) -> None:
    _, trade = opened
    with refused("sold_with_a_sale_before_expiry"):
        run_sql(f"UPDATE flash_trades SET {change} WHERE id = %s", trade.pk)


@pytest.mark.parametrize(
    ("sale", "second"), [("0", 42), ("185", 42), ("1000", 42), ("NaN", 42), ("90", 40), ("90", 101), ("90", 200)]
)
def test_a_sale_is_below_the_payout_and_within_the_trades_life(
    opened: tuple[Scene, FlashTrade], sale: str, second: int
) -> None:
    _, trade = opened
    with refused("sold_with_a_sale_before_expiry"):
        sell(trade, sale=sale, second=second)


def test_its_profit_is_the_sale_less_the_stake(opened: tuple[Scene, FlashTrade]) -> None:
    _, trade = opened
    with refused("sold_with_a_sale_before_expiry"):
        run_sql(SELL.replace("%s - stake", "%s"), Decimal(90), Decimal(90), Decimal(60003), at(42), trade.pk)


def test_a_close_order_starts_by_waiting_for_an_open_trade(opened: tuple[Scene, FlashTrade], alice: Trader) -> None:
    _, trade = opened
    pending = alice.place(at=at(41))
    for owner, close_at in [(pending, 43), (trade, 40), (trade, 101)]:
        with refused("close_orders_start_by_waiting"):
            wait(owner, close_at=close_at)
    with refused("close_orders_start_by_waiting"):
        run_sql(
            "INSERT INTO close_orders (id, trade_id, asked_at, close_at, state, offer, decided_at)"
            " VALUES (%s, %s, %s, %s, 'sold', 90, now())",
            uuid4(), trade.pk, at(41.5), at(43),
        )  # fmt: skip


@pytest.mark.parametrize(
    "change",
    [
        "min_price = 1",
        "close_at = close_at + interval '1 s'",
        "asked_at = now()",
        "id = gen_random_uuid()",
    ],
)
def test_it_keeps_its_terms(opened: tuple[Scene, FlashTrade], change: str) -> None:
    ask(opened[1], now=at(41.5))
    with refused("close_orders_keep_their_terms"):
        run_sql(f"UPDATE close_orders SET {change}")


def test_it_is_decided_once(opened: tuple[Scene, FlashTrade]) -> None:
    scene, trade = opened
    ask(trade, now=at(41.5), min_price="80")
    scene.go_to(43, "50000.00")
    assert order_of(trade).state == "lapsed"
    with refused("close_orders_keep_their_terms"):
        run_sql("UPDATE close_orders SET state = 'waiting', lapse_reason = NULL, offer = NULL, decided_at = NULL")


def test_it_is_kept(opened: tuple[Scene, FlashTrade]) -> None:
    ask(opened[1], now=at(41.5))
    with refused("close_orders_are_kept"):
        run_sql("DELETE FROM close_orders")


def test_there_is_one_at_a_time(opened: tuple[Scene, FlashTrade]) -> None:
    ask(opened[1], now=at(41.5))
    with refused("one_close_order_at_a_time"):
        wait(opened[1], close_at=44)


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ("state = 'sold'", "close_orders_end_as_their_state_says"),
        ("state = 'lapsed', decided_at = now()", "close_orders_end_as_their_state_says"),
        ("state = 'sold', offer = 'NaN', decided_at = now()", "close_orders_end_as_their_state_says"),
        ("state = 'gone'", "close_orders_end_as_their_state_says"),
        ("state = 'sold', offer = 79.99, decided_at = now()", "never_sold_below_the_minimum"),
    ],
)
def test_it_ends_as_its_state_says(opened: tuple[Scene, FlashTrade], change: str, constraint: str) -> None:
    ask(opened[1], now=at(41.5), min_price="80")
    with refused(constraint):
        run_sql(f"UPDATE close_orders SET {change}")


def test_its_second_is_a_whole_one(opened: tuple[Scene, FlashTrade]) -> None:
    with refused("closed_at_a_whole_second"):
        wait(opened[1], close_at=43.001)


@pytest.mark.parametrize("minimum", ["0", "-1", "NaN"])
def test_its_minimum_is_positive(opened: tuple[Scene, FlashTrade], minimum: str) -> None:
    with refused("a_minimum_is_positive"):
        run_sql(
            "INSERT INTO close_orders (id, trade_id, asked_at, close_at, state, min_price)"
            " VALUES (%s, %s, %s, %s, 'waiting', %s)",
            uuid4(), opened[1].pk, at(41.5), at(43), Decimal(minimum),
        )  # fmt: skip
