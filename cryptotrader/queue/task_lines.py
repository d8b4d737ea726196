"""One line of the log for each task, and the request's id on its way into the tasks that it enqueues."""

import logging
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from time import perf_counter
from typing import Any

import structlog
from celery.exceptions import Ignore, Reject, Retry
from django.conf import settings

from cryptotrader.logs.request_id import request_id_of
from cryptotrader.logs.told import mark_told

log = structlog.get_logger(__name__)

ROUTINE = {"trading.publish_offers"}
"""Names of tasks that a clock starts, with those of the beat: their lines are for debugging while nothing fails."""
HEADER = "request_id"


def give_request_id(headers: MutableMapping[str, Any] | None = None, **_: object) -> None:
    """Celery's `before_task_publish`: a task that no request caused begins a chain of its own."""
    if headers is not None and "id" in headers:
        known = structlog.contextvars.get_contextvars().get("request_id")
        headers[HEADER] = known or headers["id"]


@contextmanager
def task_line(task: Any) -> Iterator[None]:
    """Runs a task within its ids, and tells its end."""
    if task.request.called_directly:
        yield
        return
    known = task.request.get(HEADER) or structlog.contextvars.get_contextvars().get(HEADER) or task.request.id
    ids = {"task_id": task.request.id, "request_id": request_id_of(known)}
    began = perf_counter()
    with structlog.contextvars.bound_contextvars(**ids):
        try:
            yield
        except Retry as again:
            _tell(task, began, logging.WARNING, "retry", error=again.exc, retry=task.request.retries + 1)
            raise
        except (Ignore, Reject):
            _tell(task, began, logging.INFO, "left")
            raise
        except Exception as error:
            _tell(task, began, logging.ERROR, "failed", exc_info=error)
            mark_told(error)
            raise
        _tell(task, began, _level(task, began), "done")


def _level(task: Any, began: float) -> int:
    if (perf_counter() - began) * 1000 >= settings.LOG_SLOW_MILLISECONDS:
        return logging.WARNING
    return logging.DEBUG if task.name in ROUTINE else logging.INFO


def _tell(task: Any, began: float, level: int, outcome: str, **facts: Any) -> None:
    milliseconds = round((perf_counter() - began) * 1000, 1)
    log.log(level, "task", task=task.name, outcome=outcome, milliseconds=milliseconds, **facts)
