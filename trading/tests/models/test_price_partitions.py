"""The monthly partitions of the price table: the guards hold on each, and a missing one doesn't stop prices."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection

from accounts.tests.cast import NOON
from accounts.tests.guards import refused, run_sql
from trading.models import IndexPrice, PriceHead
from trading.tests.cast import Stage

SECOND = timedelta(seconds=1)
MARCH, APRIL = datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 4, 1, tzinfo=UTC)


def make(month: datetime) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT make_price_partition(%s)", [month])
        return bool(cursor.fetchone()[0])


def stored() -> dict[datetime, str]:
    """The partition of each stored price."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT priced_at, tableoid::regclass::text FROM index_prices ORDER BY priced_at")
        return dict(cursor.fetchall())


def test_each_month_of_utc_has_its_partition(stage: Stage) -> None:
    assert (make(MARCH), make(APRIL), make(APRIL + 20 * SECOND)) == (True, True, False)
    for at in (APRIL - SECOND, APRIL):
        stage.price(at, "60000.00")
    assert stored() == {
        NOON: "index_prices_2026_03",
        APRIL - SECOND: "index_prices_2026_03",
        APRIL: "index_prices_2026_04",
    }
    assert list(IndexPrice.objects.order_by("priced_at").values_list("sequence", flat=True)) == [1, 2, 3]


def test_a_price_whose_month_has_no_partition_is_kept_and_moved_when_it_has_one(stage: Stage) -> None:
    stage.price(APRIL, "60000.00")
    before = list(IndexPrice.objects.order_by("priced_at").values())
    assert set(stored().values()) == {"index_prices_default"}

    make(MARCH)
    assert stored() == {NOON: "index_prices_2026_03", APRIL: "index_prices_default"}
    assert list(IndexPrice.objects.order_by("priced_at").values()) == before
    with refused("prices_are_for_ever_everywhere"):
        run_sql("DELETE FROM index_prices_default")


def test_a_month_that_runs_without_a_partition_is_left_alone_until_it_is_over(stage: Stage) -> None:
    coming = datetime(2199, 1, 1, tzinfo=UTC)
    stage.price(coming, "60000.00")
    assert make(coming) is False
    assert stored()[coming] == "index_prices_default"


@pytest.mark.parametrize("partition", ["index_prices_default", "index_prices_2026_03"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET price = price + 1", "DELETE FROM {}"])
def test_no_partition_lets_a_price_be_rewritten(stage: Stage, partition: str, statement: str) -> None:
    make(MARCH)
    stage.price(APRIL, "60000.00")
    with refused("prices_are_for_ever_everywhere"):
        run_sql(statement.format(partition))


@pytest.mark.parametrize("partition", ["index_prices_default", "index_prices_2026_03"])
def test_no_partition_takes_a_price_that_does_not_continue_the_chain(stage: Stage, partition: str) -> None:
    make(MARCH)
    stage.price(APRIL, "60000.00")
    with refused("one_price_a_second"):
        run_sql(f"INSERT INTO {partition} SELECT * FROM {partition}")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE price_heads SET price = 1",
        "DELETE FROM price_heads",
        "INSERT INTO price_heads SELECT instrument_id + 1, sequence, priced_at, price, source, digest FROM price_heads",
    ],
)
def test_a_head_moves_only_with_its_price(stage: Stage, statement: str) -> None:
    with refused("heads_move_with_prices"):
        run_sql(statement)
    stage.price(NOON + SECOND, "60000.01")
    head, last = PriceHead.objects.get(), IndexPrice.objects.latest("priced_at")
    assert (head.sequence, head.priced_at, head.price) == (2, NOON + SECOND, Decimal("60000.01"))
    assert (head.digest, head.source) == (last.digest, last.source)
