"""Counts the people who use the platform. It reads sessions and logins of a month: not for each request."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import connection

SEEN = """
    SELECT max(at) AS at FROM (
        SELECT user_id, last_seen_at AS at FROM usersessions_usersession WHERE last_seen_at > %(since)s
        UNION ALL
        SELECT user_id, last_used_at FROM api_keys WHERE last_used_at > %(since)s
        UNION ALL
        SELECT user_id, at FROM logins WHERE succeeded AND at > %(since)s
    ) AS used GROUP BY user_id
"""
"""The last use of each person. Logins are there for those whose session has ended."""

ACTIVE = f"""
    SELECT count(*) FILTER (WHERE seen.at > starts.at)
    FROM unnest(%(starts)s::timestamptz[]) WITH ORDINALITY AS starts(at, number) LEFT JOIN ({SEEN}) AS seen ON true
    GROUP BY number ORDER BY number
"""


def people_active(windows: Sequence[timedelta], *, now: datetime) -> dict[timedelta, int]:
    """The number of people who were active within each window before `now`: by a session, a key or a login."""
    starts = [now - window for window in windows]
    with connection.cursor() as cursor:
        cursor.execute(ACTIVE, {"starts": starts, "since": min(starts)})
        return {window: count for window, (count,) in zip(windows, cursor.fetchall(), strict=True)}
