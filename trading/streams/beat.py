"""A message from the hub to the hub each second, on the way of all others: it shows that this way is open."""

import asyncio
from time import monotonic
from uuid import uuid4

from redis import RedisError
from redis.asyncio import Redis

from accounts.domain.channels import Message
from accounts.publish import name_in_redis

SECONDS = 1.0
LATE, DEAD = 1, 4
"""So many beats in a row were not taken, or so many silent seconds followed one that was taken: news may be lost; the
connection is given up, because a network that swallows packets says nothing."""
BUSY_SECONDS = 0.5
"""A timeout that comes so much later than it should tells of this process, which is busy or was stopped."""


class Beat:
    """Knows whether the way is open. A busy process is no hang: only silence counts, not a long queue."""

    def __init__(self, redis: Redis, timeout_seconds: float) -> None:
        self.topic = f"beat.{uuid4()}"
        self._redis, self._timeout_seconds = redis, timeout_seconds
        self._number = self._taken = self._heard = 0
        self._refused = self._silent = 0

    @property
    def is_late(self) -> bool:
        return max(self._refused, self._silent - 1) >= LATE

    @property
    def is_dead(self) -> bool:
        return max(self._refused, self._silent) >= DEAD

    async def go_on(self) -> None:
        """Beat for ever."""
        while True:
            await self._once()
            await asyncio.sleep(SECONDS)

    def hear(self, number: int) -> None:
        """A beat has come back."""
        self._heard, self._silent = max(self._heard, number), 0

    def hear_nothing(self) -> None:
        """A second has passed without any message."""
        self._silent = self._silent + 1 if self._taken > self._heard else 0

    def start_again(self) -> None:
        """After a new connection: the old one's silence doesn't count."""
        self._heard, self._refused, self._silent = self._number, 0, 0

    async def _once(self) -> None:
        self._number += 1
        number, began = self._number, monotonic()
        try:
            await self._redis.publish(name_in_redis(self.topic), Message(self.topic, self.topic, number).encode())
        except (RedisError, OSError):
            if monotonic() - began < self._timeout_seconds + BUSY_SECONDS:
                self._refused += 1
        else:
            self._taken, self._refused = number, 0
