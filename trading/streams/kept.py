"""The hub's part of people's logs (`accounts.publish.kept`): it keeps them alive, and reads them for its sockets."""

import asyncio
from collections.abc import Collection
from contextlib import suppress
from time import time

from redis import RedisError
from redis.asyncio import Redis

from accounts.domain.channels import user_of
from accounts.publish import kept
from accounts.publish.kept import KEPT_SECONDS, Kept

RENEW_SECONDS = KEPT_SECONDS / 6


class Logs:
    """Without Redis, there is no log: a client gets the state instead."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    async def begin(self, topic: str, channel: str) -> int:
        """The number of the last message before now; 0 if Redis doesn't tell."""
        try:
            return await kept.begin(self._redis, topic, channel, time())
        except (RedisError, OSError):
            return 0

    async def after(self, topic: str, channel: str, seq: int) -> list[Kept] | None:
        """The messages after `seq`; None if nobody knows whether these are all."""
        try:
            return await kept.after(self._redis, topic, channel, seq)
        except (RedisError, OSError):
            return None

    async def go_on(self, topics: Collection[str]) -> None:
        """Keep the logs of these topics, as they are at each time, for ever."""
        while True:
            await asyncio.sleep(RENEW_SECONDS)
            with suppress(RedisError, OSError):
                await kept.renew(self._redis, [topic for topic in topics if user_of(topic) is not None], time())
