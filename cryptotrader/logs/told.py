"""Keeps one line per event: what a line of ours has told, a library's line doesn't tell again."""

import logging
import threading
from collections.abc import Callable
from http import HTTPStatus
from time import monotonic

from django.http import HttpRequest

_TOLD = "_log_has_told"
REASON_LOGGERS = ("django.security.csrf",)


def mark_told(error: BaseException) -> None:
    """Says that a line has this error: its way up through libraries is not logged again."""
    setattr(error, _TOLD, True)


def promise_line(request: HttpRequest) -> None:
    """Says that this request gets its line at its end."""
    setattr(request, _TOLD, True)


def is_untold(record: logging.LogRecord) -> bool:
    """Filters the lines of Django, a server or Celery about a thing that has its line.

    A refused request that has none, because it came before our middleware, is information: nobody has to act on it.
    """
    error = record.exc_info[1] if record.exc_info else None
    if error is not None and hasattr(error, _TOLD):
        return False
    request = getattr(record, "request", None)
    if request is not None and hasattr(request, _TOLD):
        _keep_reason(record, request)
        return False
    status = getattr(record, "status_code", None)
    if status is not None and (status < HTTPStatus.INTERNAL_SERVER_ERROR or _is_away(status, record)):
        record.exc_info = None
        record.levelno, record.levelname = logging.INFO, "INFO"
        return logging.getLogger().isEnabledFor(logging.INFO)
    return True


def _is_away(status: int, record: logging.LogRecord) -> bool:
    """503 is a refusal too (a stale price), or the answer to an outage, which has lines of its own."""
    return status == HTTPStatus.SERVICE_UNAVAILABLE and not record.exc_info


def _keep_reason(record: logging.LogRecord, request: HttpRequest) -> None:
    if record.name in REASON_LOGGERS and isinstance(record.args, tuple) and record.args:
        request.log_reason = str(record.args[0])  # type: ignore[attr-defined]


def first_line_of_libraries(record: logging.LogRecord) -> bool:
    """Cuts Celery's messages to their first line: below it, some of them print a message with all it holds."""
    if record.name.startswith(("celery", "kombu")) and isinstance(record.msg, str):
        record.msg, record.args = record.getMessage().strip().partition("\n")[0], None
    return True


class ClientFaults(logging.Filter):
    """Makes one line a minute of the requests that a server can't read. Anybody can send a million of them."""

    MESSAGES = (
        "Invalid HTTP request received.",
        "Unsupported upgrade request.",
        "Invalid UTF-8 sequence received from client.",
    )
    EVERY_SECONDS = 60.0

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        super().__init__()
        self._clock = clock
        self._lock = threading.Lock()
        self._next_at: dict[str, float] = {}
        self._left_out: dict[str, int] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        text = record.msg
        if text not in self.MESSAGES:
            return True
        with self._lock:
            if self._clock() < self._next_at.get(text, 0.0):
                self._left_out[text] = self._left_out.get(text, 0) + 1
                return False
            self._next_at[text] = self._clock() + self.EVERY_SECONDS
            left_out = self._left_out.pop(text, 0)
        record.exc_info = None
        record.levelno, record.levelname = logging.INFO, "INFO"
        if left_out:
            record.msg = f"{text} {left_out} more in the last minutes"
        return logging.getLogger().isEnabledFor(logging.INFO)
