"""Measures tasks by Celery's signals: how long each waits for a worker, how long it takes, and whether it fails."""

import time
from datetime import datetime
from typing import Any

from celery import Task
from celery.signals import before_task_publish, task_failure, task_postrun, task_prerun
from prometheus_client import Counter, Histogram

BUCKETS = (0.005, 0.025, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60, 300)

SECONDS = Histogram("cryptotrader_task_seconds", "Time that a task takes", ["task"], buckets=BUCKETS)
WAIT = Histogram(
    "cryptotrader_task_wait_seconds", "From its sending, or its time, to its start", ["queue"], buckets=BUCKETS
)
FAILURES = Counter("cryptotrader_task_failures_total", "Tasks that ended with an error", ["task"])

SENT_AT = "sent_at"
"""The header of a message: seconds since 1970, by the sender's clock."""

_began: dict[str, float] = {}
"""The tasks that run in this process, by their ids."""


def connect() -> None:
    """Begin to measure, in this process."""
    before_task_publish.connect(_sent)
    task_prerun.connect(_started)
    task_postrun.connect(_ended)
    task_failure.connect(_failed)


def _sent(headers: dict[str, Any], **_: object) -> None:
    headers[SENT_AT] = time.time()


def _started(task_id: str, task: "Task[Any, Any]", **_: object) -> None:
    _began[task_id] = time.monotonic()
    due = _due(task.request)
    if due is not None:
        queue = (task.request.delivery_info or {}).get("routing_key") or "unknown"
        WAIT.labels(queue).observe(max(0.0, time.time() - due))


def _due(request: Any) -> float | None:
    """When the task could start: when it was sent, or later where it says so, as a retry does. None: nobody knows."""
    sent = getattr(request, SENT_AT, None)
    if not isinstance(sent, float):
        return None
    return max(sent, datetime.fromisoformat(request.eta).timestamp()) if request.eta else sent


def _ended(task_id: str, task: "Task[Any, Any]", **_: object) -> None:
    began = _began.pop(task_id, None)
    if began is not None:
        SECONDS.labels(task.name).observe(time.monotonic() - began)


def _failed(sender: "Task[Any, Any]", **_: object) -> None:
    FAILURES.labels(sender.name).inc()
