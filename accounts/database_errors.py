"""Names the reason for a database error by constraint or SQLSTATE. The error's text is worded in any language."""

import psycopg
from django.db import Error

INSUFFICIENT_PRIVILEGE = "42501"


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
