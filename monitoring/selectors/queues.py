"""Reads the broker's queues."""

from django.conf import settings
from redis import Redis


def queue_depths() -> dict[str, int]:
    """The number of waiting tasks in each queue. Raises RedisError when the broker doesn't answer within a second."""
    with Redis.from_url(settings.CELERY_BROKER_URL, socket_timeout=1, socket_connect_timeout=1) as broker:
        depths = broker.pipeline(transaction=False)
        for queue in settings.TASK_QUEUES:
            depths.llen(queue)
        return dict(zip(settings.TASK_QUEUES, depths.execute(), strict=True))
