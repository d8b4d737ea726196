"""What time it is at the database."""

from datetime import datetime

from django.db import connection


def database_now() -> datetime:
    """The database's clock, by itself: not the time at which a transaction began."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        now: datetime = cursor.fetchone()[0]
    return now
