"""Folds the log of an outage: a line when it begins, a count while it lasts, and a line when it is over.

Without PostgreSQL or Redis each request and each task fails in the same way, thousands of times a minute.
"""

import logging
import sys
import threading
from collections.abc import Callable, Iterator, MutableMapping
from dataclasses import dataclass
from http import HTTPStatus
from time import monotonic
from typing import Any

import structlog

DATABASE, REDIS = "database", "redis"
COUNT_SECONDS = 10.0
"""The first count comes after so long, and each next one after twice as long: a day's outage has a dozen of them."""
QUIET_SECONDS = 45.0
"""When no line came for so long, the outage is over.

A dependency that hangs makes failures rare: each takes a worker fifteen seconds, and Celery connects to its broker
after pauses that grow to 32.
"""

_BY_ERROR = {
    "django.db.utils.OperationalError": DATABASE,
    "django.db.utils.InterfaceError": DATABASE,
    "psycopg.OperationalError": DATABASE,
    "psycopg_pool.PoolTimeout": DATABASE,
    "redis.exceptions.ConnectionError": REDIS,
    "redis.exceptions.TimeoutError": REDIS,
    "kombu.exceptions.OperationalError": REDIS,
    "django_redis.exceptions.ConnectionInterrupted": REDIS,
}
_BY_LOGGER = {"psycopg.pool": DATABASE, "celery.worker.consumer.consumer": REDIS, "celery.beat": REDIS}
"""Libraries that tell of a lost connection without an error."""
_OF_A_CONNECTION = ("connect", "couldn't stop thread")
"""In their words. A pool's thread can't be stopped while it waits for a server that hangs."""
_TRANSACTION_ROLLBACK = "40"
"""SQLSTATE class of a deadlock: a single transaction's trouble, and no outage."""

log = structlog.get_logger(__name__)


def dependency_of(error: BaseException | None) -> str | None:
    """The dependency whose outage an error tells of, by itself or by its cause; None for all other errors."""
    for each in _chain(error):
        if str(getattr(each, "sqlstate", None) or "").startswith(_TRANSACTION_ROLLBACK):
            return None
    for each in _chain(error):
        for kind in type(each).__mro__:
            if found := _BY_ERROR.get(f"{kind.__module__}.{kind.__qualname__}"):
                return found
    return None


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__


def name_outage(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """structlog's processor: an event with the error of an outage says which, and leaves its traceback out."""
    error = event.get("exc_info")
    if error is True:
        error = sys.exc_info()
    if isinstance(error, tuple):
        error = error[1]
    if isinstance(error, BaseException) and (found := dependency_of(error)):
        event.pop("exc_info")
        event.update(outage=found, error=_first_line(error))
    return event


def _first_line(error: object) -> str:
    return str(error).strip().partition("\n")[0]


@dataclass
class _Outage:
    began: float
    last: float
    left_out: int = 0
    told: int = 0
    next_at: float = COUNT_SECONDS
    """So many seconds after its beginning it is told again."""


def _in_a_thread(seconds: float, doing: Callable[[], None]) -> None:
    timer = threading.Timer(seconds, doing)
    timer.daemon = True
    timer.start()


class Outages(logging.Filter):
    """Lets no line about an outage pass, and tells of it instead."""

    def __init__(
        self,
        later: Callable[[float, Callable[[], None]], None] = _in_a_thread,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        super().__init__()
        self._later, self._clock = later, clock
        self._lock = threading.Lock()
        self._outages: dict[str, _Outage] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        found = _outage_of(record)
        if found is None:
            return not self._is_answer(record)
        dependency, error, first = found
        now = self._clock()
        with self._lock:
            outage = self._outages.get(dependency)
            if outage is not None:
                outage.last, outage.left_out = now, outage.left_out + 1
                return False
            self._outages[dependency] = _Outage(now, now)
        log.error("outage begins", dependency=dependency, error=error, first=first)
        self._later(COUNT_SECONDS, lambda: self._look(dependency))
        return False

    def forget(self) -> None:
        """Tell nothing more of the present outages."""
        with self._lock:
            self._outages.clear()

    def _is_answer(self, record: logging.LogRecord) -> bool:
        """Whether this is the line of a request that was refused because of the outage."""
        status = record.msg.get("status") if isinstance(record.msg, dict) else getattr(record, "status_code", None)
        if status != HTTPStatus.SERVICE_UNAVAILABLE:
            return False
        with self._lock:
            for outage in self._outages.values():
                outage.left_out += 1
            return bool(self._outages)

    def _look(self, dependency: str) -> None:
        now = self._clock()
        with self._lock:
            outage = self._outages.get(dependency)
            if outage is None:
                return
            over = now - outage.last >= QUIET_SECONDS
            if over:
                del self._outages[dependency]
            count, lasts = outage.left_out, now - outage.began
            is_due = lasts >= outage.next_at and count > outage.told
            if is_due:
                outage.told, outage.next_at = count, 2 * lasts
        facts = {"dependency": dependency, "lines_left_out": count}
        if over:
            log.warning("outage over", **facts, seconds=round(outage.last - outage.began, 1))
            return
        if is_due:
            log.warning("outage goes on", **facts, seconds=round(lasts, 1))
        self._later(COUNT_SECONDS, lambda: self._look(dependency))


def _outage_of(record: logging.LogRecord) -> tuple[str, str, str] | None:
    """The dependency, the error, and the line that would have told of it."""
    if isinstance(record.msg, dict):
        dependency, event = record.msg.get("outage"), str(record.msg.get("event", ""))
        return (dependency, str(record.msg.get("error", "")), event) if dependency else None
    error = record.exc_info[1] if record.exc_info else None
    if found := dependency_of(error):
        return found, _first_line(error), _first_line(record.getMessage())
    text = _first_line(record.getMessage())
    if record.levelno >= logging.WARNING and record.name in _BY_LOGGER and _tells_of_a_connection(text):
        return _BY_LOGGER[record.name], "", text
    return None


def _tells_of_a_connection(text: str) -> bool:
    return any(words in text.lower() for words in _OF_A_CONNECTION)
