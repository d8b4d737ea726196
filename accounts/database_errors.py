"""Names the reason for a database error. Its text is for people: the server words it, in a language of its choice."""

import psycopg
from django.db import Error

INSUFFICIENT_PRIVILEGE = "42501"


def constraint_of(error: Error | psycopg.Error) -> str | None:
    """The constraint, unique index or guarding trigger that refused; None where none did, as when a connection ends."""
    report = _report_of(error)
    return report.diag.constraint_name if report else None


def sqlstate_of(error: Error | psycopg.Error) -> str | None:
    """The code of this kind of error (appendix A of PostgreSQL's manual); None where the server reported nothing."""
    report = _report_of(error)
    return report.diag.sqlstate if report else None


def message_of(error: Error | psycopg.Error) -> str:
    """The first line of the error, to show and never to compare."""
    report = _report_of(error)
    return (report and report.diag.message_primary) or str(error).strip().partition("\n")[0]


def _report_of(error: Error | psycopg.Error) -> psycopg.Error | None:
    """The driver's error: Django wraps it in one of its own."""
    reported = error if isinstance(error, psycopg.Error) else error.__cause__
    return reported if isinstance(reported, psycopg.Error) else None
