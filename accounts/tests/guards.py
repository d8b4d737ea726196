"""Expects refusals by the database itself."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from accounts.database_errors import constraint_of


@contextmanager
def refused(constraint: str) -> Iterator[None]:
    """The code inside must be refused by this constraint or trigger of the database; it leaves no changes."""
    with pytest.raises(DatabaseError) as caught, transaction.atomic():
        yield
    assert constraint_of(caught.value) == constraint, caught.value


def run_sql(statement: str, *params: Any) -> int:
    """Runs plain SQL, as a person at a database prompt would; returns the number of rows changed."""
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        return int(cursor.rowcount)
