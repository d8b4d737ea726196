"""Asking the database itself to refuse."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from accounts.database_errors import constraint_of


@contextmanager
def refused(constraint: str) -> Iterator[None]:
    """What is done inside must be refused by this constraint or trigger of the database; nothing of it stays."""
    with pytest.raises(DatabaseError) as caught, transaction.atomic():
        yield
    assert constraint_of(caught.value) == constraint, caught.value


def run_sql(statement: str, *params: Any) -> int:
    """Plain SQL, as somebody at a database prompt would write it; how many rows it touched."""
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        return int(cursor.rowcount)
