"""Sends the statements of hot paths with their values beside them: nothing is quoted here or parsed as text there."""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from django.db import connection
from psycopg import Cursor


class _BoundCursor(Cursor[tuple[Any, ...]]):
    """PostgreSQL binds the values.

    The name is for pghistory: it puts the origin of a change before each statement of a nameless cursor, as a second
    statement, and two can't share bound values.
    """

    name = "bound"
    is_prepared = False

    def execute(
        self, query: Any, params: Any = None, *, prepare: bool | None = None, binary: bool | None = None
    ) -> Any:
        return super().execute(query, params, prepare=self.is_prepared, binary=binary)

    def _convert_query(self, *given: Any) -> Any:
        # psycopg forgets it for a statement that is prepared, and Django's log of statements reads it.
        self._query = super()._convert_query(*given)
        return self._query


class _PreparedCursor(_BoundCursor):
    """The server keeps the plan, for the connection."""

    is_prepared = True


def bound_rows(statement: str, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """The rows that one statement returns, none for a statement without a result.

    Not for changes of audited tables: their events would have no origin. Raises Django's database errors.
    """
    return _rows(_BoundCursor, statement, values)


def prepared_rows(statement: str, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """The same for a statement of each order or list, with a hundred rows at most: its connection plans it once.

    Not for thousands of rows: a plan for all values takes each array for a short one.
    """
    return _rows(_PreparedCursor, _with_binary_arrays(statement), values)


_ARRAY = re.compile(r"%\((\w+)\)s(?=::\w+\[\])")


@lru_cache(maxsize=100)
def _with_binary_arrays(statement: str) -> str:
    """Each array goes as it is: as text its elements are written, searched for signs and quoted, one by one."""
    return _ARRAY.sub(r"%(\1)b", statement)


def _rows(kind: type[_BoundCursor], statement: str, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    connection.ensure_connection()
    with connection.wrap_database_errors:
        raw = kind(connection.connection)
    # As `connection.cursor()` does: errors, the count of queries, and wrappers are Django's.
    with connection._prepare_cursor(raw) as cursor:  # type: ignore[attr-defined]
        cursor.execute(statement, values)
        return list(cursor.fetchall()) if cursor.description else []
