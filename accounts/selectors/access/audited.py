"""Reads which tables leave audit events."""

from django.db import connection


def audited_tables() -> list[str]:
    """Returns the tables that have the trigger of the audit: from the catalogue, not from millions of events."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_trigger JOIN pg_class t ON t.oid = tgrelid"
            " WHERE tgname = 'audit' AND NOT tgisinternal AND relnamespace = 'public'::regnamespace ORDER BY relname"
        )
        return [name for (name,) in cursor.fetchall()]
