"""A database connection of its own for health and metrics: a pool that is used up must not look like a database that is
gone."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as TooLate
from typing import Any, TypeVar

from django.db import OperationalError, connections
from django.db.backends.postgresql.base import DatabaseWrapper

T = TypeVar("T")

OPTIONS = {
    "application_name": "health",
    "connect_timeout": 2,
    "options": "-c lock_timeout=1s -c statement_timeout=1s -c idle_in_transaction_session_timeout=5s",
}
"""A table that is locked, or a query that takes long, is an answer too."""

PATIENCE_SECONDS = 5
"""The wait for the one who asks before us, and for the answer."""

_thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="health")


def on_own_connection(question: Callable[[], T]) -> T:
    """Ask the database over a new connection, outside the pool. One asks after the other, so there is at most one.

    Raises the errors of the question, and OperationalError when the database doesn't answer in time.
    """
    asked = _thread.submit(_ask, question)
    try:
        return asked.result(timeout=PATIENCE_SECONDS)
    except TooLate:
        asked.cancel()
        raise OperationalError(f"no answer within {PATIENCE_SECONDS} s") from None


def _ask(question: Callable[[], T]) -> T:
    usual: dict[str, Any] = connections.settings["default"]
    options = {name: value for name, value in usual["OPTIONS"].items() if name != "pool"}
    ours = f"{options.get('options', '')} {OPTIONS['options']}".strip()  # of two values, the last one holds
    settings = {**usual, "OPTIONS": options | OPTIONS | {"options": ours}}
    connections["default"] = own = DatabaseWrapper(settings, "default")
    try:
        return question()
    finally:
        own.close()
        del connections["default"]
