"""The sessions of a test's process on its database."""

from asgiref.sync import SyncToAsync
from django.db import connection, connections

from accounts.tests.patience import PATIENCE_SECONDS


def end_other_sessions() -> None:
    """Ends each session on the test's database but the caller's, and waits until they have ended.

    The thread in which asynchronous tests read the database keeps its connection from one test to the next. It lets go
    of it here: the next test would otherwise begin with a session that has ended.
    """
    SyncToAsync.single_thread_executor.submit(connections.close_all).result()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid, %s) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()",
            [1000 * PATIENCE_SECONDS],
        )
