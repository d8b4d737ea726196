from collections.abc import Callable

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.bound_statements import bound_rows, prepared_rows

pytestmark = pytest.mark.django_db
SUM = "SELECT sum(each) FROM unnest(%(numbers)s::bigint[]) AS each"
BROKEN = "SELECT 1 / (cardinality(%(numbers)s::bigint[]) - 1)"


def plans_of(statement: str) -> list[tuple[int, int]]:
    """How often each plan that this connection keeps for the statement was used: made for its values, and for all."""
    start = statement.partition("%")[0]
    with connection.cursor() as cursor:
        cursor.execute("SELECT custom_plans, generic_plans, statement FROM pg_prepared_statements ORDER BY name")
        return [(custom, generic) for custom, generic, text in cursor.fetchall() if text.startswith(start)]


def test_a_prepared_statement_is_planned_once_for_all_values() -> None:
    for count in range(1, 13):
        assert prepared_rows(SUM, {"numbers": list(range(count))}) == [(sum(range(count)),)]
    (kept,) = plans_of(SUM)
    assert sum(kept) == 12
    assert kept[1] >= 1


@pytest.mark.parametrize("rows", [bound_rows, prepared_rows])
def test_any_values_mean_the_same(rows: Callable[..., list[tuple[object, ...]]]) -> None:
    for numbers in ([], [1], [2**15], [2**31], [2**62, 1], [-1, None]):
        total = sum(number or 0 for number in numbers) if any(numbers) else None
        assert rows(SUM, {"numbers": numbers}) == [(total,)]


def test_other_statements_are_not_prepared() -> None:
    for _ in range(12):
        bound_rows(SUM, {"numbers": [1]})
    assert plans_of(SUM) == []


def test_a_transaction_that_fails_leaves_statements_that_work() -> None:
    assert prepared_rows(SUM, {"numbers": [1, 2]}) == [(3,)]
    with pytest.raises(Exception, match="division by zero"), transaction.atomic():
        prepared_rows(BROKEN, {"numbers": [1]})
    with pytest.raises(IntegrityError), transaction.atomic():
        prepared_rows("INSERT INTO users (id) VALUES (%(id)s)", {"id": 1})
    assert prepared_rows(SUM, {"numbers": [1, 2]}) == [(3,)]
