"""The tasks that wait in the broker."""

from collections.abc import Iterator
from datetime import datetime

from prometheus_client import Metric

from monitoring.metrics.families import Family
from monitoring.selectors.queues import queue_depths

DEPTH = Family("queue_depth", "Tasks that no worker has taken yet", "queue")


def read_queues(now: datetime) -> Iterator[Metric]:
    yield DEPTH.of(((queue,), depth) for queue, depth in queue_depths().items())
