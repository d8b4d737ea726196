"""Reads the broker's queues."""

from django.conf import settings
from redis.backoff import NoBackoff
from redis.retry import Retry

from accounts.redis_client import redis_client


def queue_depths() -> dict[str, int]:
    """The number of waiting tasks in each queue. Raises RedisError when the broker doesn't answer within a second."""
    never = Retry(NoBackoff(), 0)
    with redis_client(settings.REDIS_QUEUE_URL, socket_timeout=1, socket_connect_timeout=1, retry=never) as broker:
        depths = broker.pipeline(transaction=False)
        for queue in settings.TASK_QUEUES:
            depths.llen(queue)
        return dict(zip(settings.TASK_QUEUES, depths.execute(), strict=True))
