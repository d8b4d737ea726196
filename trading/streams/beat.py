"""A message to oneself each second, on the way of all others: it shows that this way is open."""

import asyncio
from contextlib import suppress
from uuid import uuid4

from redis import RedisError
from redis.asyncio import Redis

from accounts.domain.channels import Message
from accounts.publish import name_in_redis

SECONDS = 1.0
LATE = 3
"""That many beats without an answer: news may be lost as well."""
DEAD = 8
"""That many: the connection itself is given up. A network that swallows packets says nothing."""


class Beat:
    """Counts beats, not seconds: a process that was stopped has only itself to blame for its silence."""

    def __init__(self, redis: Redis) -> None:
        self.topic = f"beat.{uuid4()}"
        self.sent = 0
        self._heard = 0
        self._redis = redis
        self._publishing: asyncio.Task[None] | None = None

    @property
    def is_late(self) -> bool:
        return self.sent - self._heard >= LATE

    @property
    def is_dead(self) -> bool:
        return self.sent - self._heard >= DEAD

    def tick(self) -> None:
        """Send the next beat. While one still waits for Redis, count it only."""
        self.sent += 1
        if self._publishing is None or self._publishing.done():
            self._publishing = asyncio.create_task(self._publish(Message(self.topic, self.topic, self.sent)))

    def hear(self, number: int) -> None:
        """A beat has come back."""
        self._heard = max(self._heard, number)

    def start_again(self) -> None:
        """After a new connection: the beats of the old one don't count."""
        self._heard = self.sent

    async def _publish(self, message: Message) -> None:
        with suppress(RedisError, OSError):  # the missing answer says it
            await self._redis.publish(name_in_redis(self.topic), message.encode())
