"""Reads which tables leave audit events, and who changed a row last."""

from collections.abc import Collection

from django.db import connection

from accounts.models import AuditEvent


def audited_tables() -> list[str]:
    """Returns the tables that have the trigger of the audit: from the catalogue, not from millions of events."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_trigger JOIN pg_class t ON t.oid = tgrelid"
            " WHERE tgname = 'audit' AND NOT tgisinternal AND relnamespace = 'public'::regnamespace ORDER BY relname"
        )
        return [name for (name,) in cursor.fetchall()]


def last_change(table: str, object_id: object, columns: Collection[str]) -> AuditEvent | None:
    """Returns the newest event that set one of these columns of the row."""
    events = AuditEvent.objects.filter(table=table, object_id=str(object_id), after__has_any_keys=list(columns))
    return events.select_related("actor").order_by("-id").first()
