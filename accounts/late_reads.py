"""The database of reads that may be late: exports, and pages of the past. Balances are never read there."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created

REPLICA = "replica"
"""The alias of REPLICA_URL, a standby of PostgreSQL."""

BALANCES = ("ledger_accounts", "transfers")
"""The tables from which balances are read, or computed."""


class BalanceFromReplica(Exception):
    """A fault of the program: a standby may have the balance of a moment ago."""


def late_database() -> str:
    """Returns the alias for `using`: that of the standby if there is one, else that of the primary."""
    return REPLICA if REPLICA in settings.DATABASES else DEFAULT_DB_ALIAS


def guard_replica() -> None:
    """From now on, each connection to the standby refuses statements about balances."""
    connection_created.connect(_guard, dispatch_uid="late_reads")


def _guard(connection: BaseDatabaseWrapper, **_: object) -> None:
    if connection.alias == REPLICA and _refuse not in connection.execute_wrappers:
        connection.execute_wrappers.insert(0, _refuse)  # as in database_errors.py


def _refuse(execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: Any) -> Any:
    if any(table in str(sql) for table in BALANCES):
        raise BalanceFromReplica(str(sql)[:200])
    return execute(sql, params, many, context)
