"""Database connections of their own for health and metrics: a pool that is used up must not look like a database that
is gone, and a database that hangs must not hold them."""

import os
import socket
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as TooLate
from contextlib import suppress
from threading import Lock
from typing import Any, TypeVar

from django.db import OperationalError, connections
from django.db.backends.postgresql.base import DatabaseWrapper

T = TypeVar("T")

CONNECT_SECONDS = 2


class _Line:
    """The socket under a connection. Another thread may cut it: then the statement that waits on it fails at once."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._socket: socket.socket | None = None

    def hold(self, number: int) -> None:
        with self._lock:
            self._socket = socket.socket(fileno=os.dup(number))

    def cut(self) -> None:
        with self._lock, suppress(OSError):
            if self._socket is not None:
                self._socket.shutdown(socket.SHUT_RDWR)

    def let_go(self) -> None:
        with self._lock:
            if self._socket is not None:
                self._socket.close()
            self._socket = None


class OwnConnection:
    """One thread that asks over a new connection, outside the pool, one question after the other."""

    def __init__(self, name: str, *, statement_seconds: float, patience_seconds: float) -> None:
        """A statement, and its wait for a lock, may take `statement_seconds`; an answer `patience_seconds` in all."""
        self._patience = patience_seconds
        milliseconds = round(statement_seconds * 1000)
        self._options = {
            "application_name": name,
            "connect_timeout": CONNECT_SECONDS,
            "options": f"-c lock_timeout={milliseconds} -c statement_timeout={milliseconds}"
            " -c idle_in_transaction_session_timeout=5s",
        }
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix=name)

    def ask(self, question: Callable[[], T]) -> T:
        """Raises the errors of the question, and OperationalError when the database doesn't answer in time."""
        line = _Line()
        asked = self._thread.submit(self._ask, question, line)
        try:
            return asked.result(timeout=self._patience)
        except TooLate:
            if not asked.cancel():
                line.cut()  # the server hangs; without this, so would the thread
            raise OperationalError(f"no answer within {self._patience:g} s") from None

    def _ask(self, question: Callable[[], T], line: _Line) -> T:
        usual: dict[str, Any] = connections.settings["default"]
        options = {name: value for name, value in usual["OPTIONS"].items() if name != "pool"}
        ours = f"{options.get('options', '')} {self._options['options']}".strip()  # of two values, the last one holds
        settings = {**usual, "OPTIONS": options | self._options | {"options": ours}}
        connections["default"] = own = DatabaseWrapper(settings, "default")
        try:
            own.ensure_connection()
            line.hold(own.connection.pgconn.socket)
            return question()
        finally:
            line.let_go()
            own.close()
            del connections["default"]


health_connection = OwnConnection("health", statement_seconds=0.8, patience_seconds=4.0)
"""Of a health check, which asks five short questions."""

_metrics_connection = OwnConnection("metrics", statement_seconds=1.0, patience_seconds=5.0)


def on_own_connection(question: Callable[[], T]) -> T:
    """Ask the database for metrics. A table that is locked, or a query that takes long, is an answer too.

    Raises the errors of the question, and OperationalError when the database doesn't answer in time.
    """
    return _metrics_connection.ask(question)
