"""Waits for locks of the database. The server's views have those of all test processes: another test's say nothing."""

from collections.abc import Callable
from threading import Event

from accounts.tests.guards import run_sql
from accounts.tests.patience import PATIENCE_SECONDS

WAITING = "SELECT FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid))"


def waiting() -> int:
    """Returns how many wait for a lock that this thread's transaction holds."""
    return run_sql(WAITING)


def until_waiting(number: int = 1, *, unless: Callable[[], bool] = lambda: False) -> None:
    """Returns as soon as so many wait, or `unless` holds."""
    pause = Event()
    for _ in range(PATIENCE_SECONDS * 50):
        if waiting() >= number or unless():
            return
        pause.wait(0.02)
    raise AssertionError("they don't wait")
