"""One Redis subscription per process, fanned out to its sockets: each published message is read once."""

import asyncio
from collections import defaultdict
from typing import Protocol
from weakref import WeakKeyDictionary

import structlog
from django.conf import settings
from redis import RedisError
from redis.asyncio import Redis

log = structlog.get_logger(__name__)
RECONNECT_SECONDS = 0.5


class Listener(Protocol):
    """Somebody who hears topics. Neither call may block."""

    def hear(self, topic: str, content: bytes) -> None:
        """A message of a topic, as it was published."""

    def resync(self) -> None:
        """Messages may have been lost: read the state anew."""


class Hub:
    """The listeners of one process's event loop."""

    def __init__(self, url: str) -> None:
        self._redis = Redis.from_url(url, socket_connect_timeout=2, health_check_interval=10)
        self._pubsub = self._redis.pubsub(ignore_subscribe_messages=True)
        self._listeners: dict[str, set[Listener]] = defaultdict(set)
        self._reader: asyncio.Task[None] | None = None

    async def join(self, topic: str, listener: Listener) -> None:
        """From the return on, the listener misses nothing of the topic, or is told to resync."""
        first = not self._listeners[topic]
        self._listeners[topic].add(listener)
        if first:
            await self._tell_redis(self._pubsub.subscribe, topic)
        if self._reader is None:
            self._reader = asyncio.create_task(self._read())

    async def leave(self, topic: str, listener: Listener) -> None:
        """The listener hears no more of the topic."""
        self._listeners[topic].discard(listener)
        if not self._listeners[topic]:
            del self._listeners[topic]
            await self._tell_redis(self._pubsub.unsubscribe, topic)

    async def close(self) -> None:
        """Stop reading; for the end of a process and of a test."""
        if self._reader is not None:
            self._reader.cancel()
            await asyncio.gather(self._reader, return_exceptions=True)
        await self._pubsub.aclose()  # type: ignore[no-untyped-call]
        await self._redis.aclose()

    async def _tell_redis(self, command: object, topic: str) -> None:
        try:
            await command(topic)  # type: ignore[operator]
        except RedisError as error:
            log.warning("stream hub: redis is away", error=str(error))  # the reader subscribes again, then resyncs

    async def _read(self) -> None:
        while True:
            try:
                await self._read_until_lost()
            except (RedisError, OSError) as error:
                log.warning("stream hub: connection lost", error=str(error))
            await asyncio.sleep(RECONNECT_SECONDS)
            await self._subscribe_again()

    async def _read_until_lost(self) -> None:
        while True:
            if not self._pubsub.subscribed:
                await asyncio.sleep(0.05)
                continue
            message = await self._pubsub.get_message(timeout=5)
            if message is not None:
                topic = message["channel"].decode()
                for listener in tuple(self._listeners.get(topic, ())):
                    listener.hear(topic, message["data"])

    async def _subscribe_again(self) -> None:
        try:
            await self._pubsub.aclose()  # type: ignore[no-untyped-call]
            self._pubsub = self._redis.pubsub(ignore_subscribe_messages=True)
            if self._listeners:
                await self._pubsub.subscribe(*self._listeners)
        except (RedisError, OSError):
            return
        for listener in {listener for group in self._listeners.values() for listener in group}:
            listener.resync()


_hubs: WeakKeyDictionary[asyncio.AbstractEventLoop, Hub] = WeakKeyDictionary()


def hub() -> Hub:
    """The hub of the running event loop."""
    loop = asyncio.get_running_loop()
    if loop not in _hubs:
        _hubs[loop] = Hub(settings.REDIS_URL)
    return _hubs[loop]
