"""One beat works, on however many machines they run: the one that holds the lease in the queue's Redis.

Work that was enqueued twice would be done once, by the tasks' own guards; the lease saves it. So it may be lost in a
failover of Redis without harm.
"""

from __future__ import annotations

from typing import Any

import structlog
from celery.beat import PersistentScheduler
from django.conf import settings
from redis import RedisError
from redis.exceptions import LockError

from accounts.redis_client import redis_client
from trading.feeds.pulse import give_sign_of_life

log = structlog.get_logger(__name__)
NAME = "beat-lease"
LEASE_SECONDS = 6.0
"""So long the others wait after a beat that died. One that is stopped frees the lease."""
TURN_SECONDS = 1.0
PATIENCE_SECONDS = 1.0


class Lease:
    """The right to enqueue. It ends by itself unless it is taken again in time."""

    def __init__(self, url: str) -> None:
        options = {"socket_timeout": PATIENCE_SECONDS, "socket_connect_timeout": PATIENCE_SECONDS}
        self._lock = redis_client(url, **options).lock(NAME, timeout=LEASE_SECONDS, thread_local=False)
        self._held = False

    def take(self) -> bool:
        """Takes or renews the lease, without waiting; returns whether it is held. Raises RedisError."""
        try:
            held: bool = self._lock.reacquire() if self._held else self._lock.acquire(blocking=False)
        except LockError:  # it ended, or Redis has forgotten it
            held = self._lock.acquire(blocking=False)
        if held != self._held:
            log.info("this beat works" if held else "another beat works")
        self._held = held
        return held

    def free(self) -> None:
        """Lets another beat work at once."""
        if self._held:
            self._held = False
            try:
                self._lock.release()
            except (RedisError, OSError) as error:
                log.warning("the lease of the beat ends by itself", reason=str(error))


class LeasedScheduler(PersistentScheduler):
    """Celery's scheduler, which does nothing without the lease."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._lease = Lease(settings.REDIS_QUEUE_URL)
        super().__init__(*args, **kwargs)

    def tick(self, *args: Any, **kwargs: Any) -> float:
        """Enqueues what is due, if this beat works; returns the seconds until the next turn."""
        try:
            works = self._lease.take()
        except (RedisError, OSError) as error:
            log.warning("the lease of the beat can't be taken", outage="redis", error=str(error))
            return TURN_SECONDS
        if not works:
            give_sign_of_life()  # it is well: it waits
            return TURN_SECONDS
        return min(super().tick(*args, **kwargs), TURN_SECONDS)

    def close(self) -> None:
        super().close()
        self._lease.free()
