from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

NOTICED_GONE = {"tcp_keepalives_idle": "10", "tcp_keepalives_interval": "5", "tcp_keepalives_count": "3"}
"""A holder whose machine has vanished loses the lock within half a minute, and not after hours."""


@contextmanager
def hold_alone(lock: int) -> Iterator[bool]:
    """Hold an advisory lock of the database, outside of transactions; False at once when another one holds it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [lock])
        if not cursor.fetchone()[0]:
            yield False
            return
        try:
            for name, value in NOTICED_GONE.items():
                cursor.execute("SELECT set_config(%s, %s, false)", [name, value])
            yield True
        finally:
            # The pool lends the connection to others: they get it as it was.
            cursor.execute("SELECT pg_advisory_unlock(%s)", [lock])
            for name in NOTICED_GONE:
                cursor.execute(f"RESET {name}")
