"""Several people at the very same moment, each with a database connection of their own."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event
from typing import TypeVar

from django.db import connections

from accounts.tests.guards import run_sql
from accounts.tests.patience import PATIENCE_SECONDS

T = TypeVar("T")
WAITING = "SELECT FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid))"
"""The server's views have the locks of all test processes: those of another test say nothing."""


def at_once(calls: Sequence[Callable[[], T]]) -> list[T | Exception]:
    """Start all calls together, each in its own thread; return their results or errors, in the order given.

    The test must be marked `django_db(transaction=True)`, otherwise the threads don't see its rows.
    """
    start = Barrier(len(calls), timeout=PATIENCE_SECONDS)

    def run(call: Callable[[], T]) -> T | Exception:
        start.wait()
        try:
            return call()
        except Exception as error:
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


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
