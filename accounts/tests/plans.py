"""The plans of the statements that a piece of code sends: what they read, by table and in buffers."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from psycopg import ClientCursor, Cursor


@dataclass(frozen=True)
class Plan:
    """One statement as PostgreSQL has carried it out."""

    statement: str
    root: dict[str, Any]

    @property
    def nodes(self) -> Iterator[dict[str, Any]]:
        """All steps of the plan."""
        waiting = [self.root]
        while waiting:
            node = waiting.pop()
            yield node
            waiting += node.get("Plans", [])

    @property
    def rows(self) -> Counter[str]:
        """The rows that were read of each table, those that a filter dropped too."""
        read: Counter[str] = Counter()
        for node in self.nodes:
            if name := node.get("Relation Name"):
                dropped = node.get("Rows Removed by Filter", 0) + node.get("Rows Removed by Index Recheck", 0)
                read[name] += round((node["Actual Rows"] + dropped) * node["Actual Loops"])
        return read

    @property
    def buffers(self) -> int:
        """The pages that were read, in memory or not."""
        return int(self.root["Shared Hit Blocks"] + self.root["Shared Read Blocks"])


class _Watch:
    """An execute wrapper: carries each statement out twice, at first for its plan, and undoes that."""

    def __init__(self) -> None:
        self.plans: list[Plan] = []

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        if sql.lstrip().upper().startswith(("SELECT", "WITH", "INSERT", "UPDATE", "DELETE")):
            raw = connection.connection
            # As the statement itself is sent: with bound values or with quoted ones.
            kind = Cursor if getattr(context["cursor"], "name", None) == "bound" else ClientCursor
            with transaction.atomic(), kind(raw) as cursor:
                cursor.execute("EXPLAIN (ANALYZE, BUFFERS, TIMING OFF, FORMAT JSON) " + sql, params)
                ((told,),) = cursor.fetchall()
                transaction.set_rollback(True)
            self.plans.append(Plan(sql, told[0]["Plan"]))
        return execute(sql, params, many, context)


def plans_of(act: Callable[[], object]) -> list[Plan]:
    """The plan of each statement that `act` sends, except those that begin and end transactions."""
    watch = _Watch()
    with connection.execute_wrapper(watch):
        act()
    return watch.plans


def rows_read(table: str, act: Callable[[], object]) -> int:
    """The rows of one table that all statements of `act` read."""
    return sum(plan.rows[table] for plan in plans_of(act))
