from collections.abc import Callable
from datetime import datetime, timedelta
from time import monotonic

from django.conf import settings
from django.db import connection, transaction

BATCH = 5_000
SECONDS_MAX = 60.0
"""The next run goes on; one that takes longer would hold up mails."""


def prune_logins(*, now: datetime, elapsed: Callable[[], float] = monotonic) -> int:
    """Remove logins that are older than KEEP_LOGINS_DAYS, in batches; return their number.

    The newest 200 of each person stay. The database refuses to remove one of the last 90 days.
    """
    before, after, removed, end = now - timedelta(days=settings.KEEP_LOGINS_DAYS), 0, 0, elapsed() + SECONDS_MAX
    while elapsed() < end:
        with transaction.atomic(durable=True), connection.cursor() as cursor:
            cursor.execute("SELECT last, removed FROM prune_logins(%s, %s, %s)", [before, after, BATCH])
            last, gone = cursor.fetchone()
        removed += gone
        if last is None:
            break
        after = last
    return removed
