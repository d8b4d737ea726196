"""Names the reason for a database error by constraint or SQLSTATE. The error's text is worded in any language."""

from collections.abc import Callable
from typing import Any

import psycopg
from django.db import Error, InternalError, OperationalError
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created

INSUFFICIENT_PRIVILEGE = "42501"
READ_ONLY_TRANSACTION = "25006"


def take_standbys_as_outages() -> None:
    """From now on, a node that isn't the primary yet, or no longer, refuses a write with OperationalError.

    So it is met by all that meets a database which can't be reached: for a second or two, that is what it is.
    """
    connection_created.connect(_watch, dispatch_uid="database_errors")


def _watch(connection: BaseDatabaseWrapper, **_: object) -> None:
    if _tell_standby not in connection.execute_wrappers:
        # First: `connection.execute_wrapper`, which may be under way, takes the last one away when it ends.
        connection.execute_wrappers.insert(0, _tell_standby)


def _tell_standby(execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: Any) -> Any:
    try:
        return execute(sql, params, many, context)
    except InternalError as error:
        if sqlstate_of(error) == READ_ONLY_TRANSACTION:
            raise OperationalError(*error.args) from error.__cause__
        raise


def constraint_of(error: Error | psycopg.Error) -> str | None:
    """Returns the constraint, unique index or guarding trigger that refused; None for others, as a lost connection."""
    report = _report_of(error)
    return report.diag.constraint_name if report else None


def sqlstate_of(error: Error | psycopg.Error) -> str | None:
    """Returns the SQLSTATE (appendix A of PostgreSQL's manual); None if the server reported nothing."""
    report = _report_of(error)
    return report.diag.sqlstate if report else None


def message_of(error: Error | psycopg.Error) -> str:
    """Returns the first line of the error. Show it; never compare it."""
    report = _report_of(error)
    return (report and report.diag.message_primary) or str(error).strip().partition("\n")[0]


def _report_of(error: Error | psycopg.Error) -> psycopg.Error | None:
    """Returns the driver's error: Django wraps it in an error of its own."""
    reported = error if isinstance(error, psycopg.Error) else error.__cause__
    return reported if isinstance(reported, psycopg.Error) else None
