from datetime import UTC, datetime

import psycopg
import pytest
from django.db import ProgrammingError, connection

from accounts.database_errors import sqlstate_of
from accounts.tests.cast import NOON
from trading.services.prices.make_price_partitions import make_price_partitions
from trading.tests.cast import Stage

pytestmark = pytest.mark.django_db


def test_months_have_their_partition_before_they_begin() -> None:
    december = datetime(2031, 12, 31, 23, 59, 59, tzinfo=UTC)
    assert [make_price_partitions(now=december), make_price_partitions(now=december)] == [4, 0]
    assert make_price_partitions(now=datetime(2032, 1, 1, tzinfo=UTC)) == 1


@pytest.mark.django_db(transaction=True)
def test_a_month_that_cannot_be_made_undoes_none_of_those_before() -> None:
    """Each has its own transaction: prices don't wait until those of several years are moved."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE TYPE index_prices_2032_02 AS ENUM ()")
        try:
            with pytest.raises(ProgrammingError) as caught:
                make_price_partitions(now=datetime(2031, 12, 31, tzinfo=UTC))
            assert sqlstate_of(caught.value) == psycopg.errors.DuplicateObject.sqlstate
            cursor.execute("SELECT to_regclass('index_prices_2031_12'), to_regclass('index_prices_2032_01')")
            assert None not in cursor.fetchone()
        finally:
            cursor.execute("DROP TYPE index_prices_2032_02")


def test_a_month_that_went_by_without_a_partition_gets_one(stage: Stage) -> None:
    assert make_price_partitions(now=datetime(2031, 12, 31, tzinfo=UTC)) == 5
    with connection.cursor() as cursor:
        cursor.execute("SELECT tableoid::regclass::text FROM index_prices WHERE priced_at = %s", [NOON])
        assert cursor.fetchall() == [("index_prices_2026_03",)]
