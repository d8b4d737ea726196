"""Sends the statements of hot paths with their values beside them: nothing is quoted here or parsed as text there."""

from collections.abc import Mapping
from typing import Any

from django.db import connection
from psycopg import Cursor


class _BoundCursor(Cursor[tuple[Any, ...]]):
    """PostgreSQL binds the values.

    The name is for pghistory: it puts the origin of a change before each statement of a nameless cursor, as a second
    statement, and two can't share bound values.
    """

    name = "bound"


def bound_rows(statement: str, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """The rows that one statement returns, none for a statement without a result.

    Not for changes of audited tables: their events would have no origin. Raises Django's database errors.
    """
    connection.ensure_connection()
    with connection.wrap_database_errors:
        raw = _BoundCursor(connection.connection)
    # As `connection.cursor()` does: errors, the count of queries, and wrappers are Django's.
    with connection._prepare_cursor(raw) as cursor:  # type: ignore[attr-defined]
        cursor.execute(statement, values)
        return list(cursor.fetchall()) if cursor.description else []
