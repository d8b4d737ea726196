"""One line of the log for each task, and the request's id on its way into the tasks that it enqueues."""

import logging
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from functools import partial
from time import perf_counter
from typing import Any

import structlog
from celery.exceptions import Ignore, Reject, Retry
from django.conf import settings
from structlog.contextvars import bound_contextvars

from cryptotrader.logs.request_id import request_id_of
from cryptotrader.logs.told import mark_told
from cryptotrader.telemetry import Span, tracing

log = structlog.get_logger(__name__)

ROUTINE = {"trading.publish_offers"}
"""Names of tasks that a clock starts, with those of the beat: their lines are for debugging while nothing fails."""
HEADER = "request_id"


def give_request_id(headers: MutableMapping[str, Any] | None = None, **_: object) -> None:
    """Celery's `before_task_publish`: a task that no request caused begins a chain of its own."""
    if headers is not None and "id" in headers:
        known = structlog.contextvars.get_contextvars().get("request_id")
        headers[HEADER] = known or headers["id"]
        tracing().pass_on(headers)


def tell_ready(**_: object) -> None:
    """Celery's `worker_ready`, in words without the name of a machine that looks like a mail address."""
    log.info("the worker is ready")


@contextmanager
def task_line(task: Any) -> Iterator[None]:
    """Runs a task within its ids, and tells its end."""
    if task.request.called_directly:
        yield
        return
    known = task.request.get(HEADER) or structlog.contextvars.get_contextvars().get(HEADER) or task.request.id
    ids = {"task_id": task.request.id, "request_id": request_id_of(known)}
    traceparent = str(task.request.get("traceparent") or "")
    with tracing().task(traceparent) as span, bound_contextvars(**ids, trace_id=span.trace_id or None):
        tell = partial(_tell, task, span, perf_counter())
        try:
            yield
        except Retry as again:
            tell(logging.WARNING, "retry", error=again.exc, retry=task.request.retries + 1)
            raise
        except (Ignore, Reject):
            tell(logging.INFO, "left")
            raise
        except Exception as error:
            tell(logging.ERROR, "failed", exc_info=error)
            mark_told(error)
            raise
        tell(logging.DEBUG if task.name in ROUTINE else logging.INFO, "done")


def _tell(task: Any, span: Span, began: float, level: int, outcome: str, **facts: Any) -> None:
    milliseconds = round((perf_counter() - began) * 1000, 1)
    if milliseconds >= settings.LOG_SLOW_MILLISECONDS:
        level = max(level, logging.WARNING)
    facts |= {"task": task.name, "outcome": outcome, "milliseconds": milliseconds}
    span.finish(task.name, structlog.contextvars.get_contextvars() | facts, facts.get("exc_info"))
    log.log(level, "task", **facts)
