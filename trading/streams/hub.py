"""One Redis subscription per process for all its sockets: each message is parsed once."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Protocol
from weakref import WeakKeyDictionary

import structlog
from django.conf import settings
from redis import ConnectionError as RedisConnectionError
from redis import RedisError
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from accounts.domain.channels import MalformedMessage
from accounts.publish import name_in_redis, topic_by_name
from trading.streams.protocol import Published

log = structlog.get_logger(__name__)
RECONNECT_SECONDS = 0.5


class Listener(Protocol):
    """A receiver of topics. Neither call may block."""

    def hear(self, published: Published) -> None:
        """A message of a topic, the same object for all listeners."""

    def resync(self) -> None:
        """Messages may have been lost: read the state anew."""


class Hub:
    """The listeners of one process's event loop."""

    def __init__(self, url: str) -> None:
        # No retries inside the client: it would silently subscribe again, and hide that messages were missed.
        never = Retry(NoBackoff(), 0)
        self._redis = Redis.from_url(url, socket_connect_timeout=2, health_check_interval=10, retry=never)
        self._pubsub = self._redis.pubsub(ignore_subscribe_messages=True)
        self._listeners: dict[str, set[Listener]] = {}
        self._changing = asyncio.Lock()
        self._reader: asyncio.Task[None] | None = None

    async def join(self, topic: str, listener: Listener) -> None:
        """Add a listener. After the return, it misses no message of the topic, or is told to resync."""
        async with self._changing:
            first = topic not in self._listeners
            self._listeners.setdefault(topic, set()).add(listener)
            if first:
                await self._tell_redis(self._pubsub.subscribe, topic)
            if self._reader is None:
                self._reader = asyncio.create_task(self._read())

    async def leave(self, topic: str, listener: Listener) -> None:
        """The listener gets no more messages of the topic."""
        async with self._changing:
            listeners = self._listeners.get(topic, set())
            listeners.discard(listener)
            if not listeners and self._listeners.pop(topic, None) is not None:
                await self._tell_redis(self._pubsub.unsubscribe, topic)

    async def close(self) -> None:
        """Stop reading; for the end of a process and of a test."""
        if self._reader is not None:
            self._reader.cancel()
            await asyncio.gather(self._reader, return_exceptions=True)
        await self._pubsub.aclose()  # type: ignore[no-untyped-call]
        await self._redis.aclose()

    async def _tell_redis(self, command: Callable[[str], Awaitable[object]], topic: str) -> None:
        with suppress(RedisError, OSError):  # the reader notices, subscribes to all topics again, and all resync
            await command(name_in_redis(topic))

    async def _read(self) -> None:
        lost = False
        while True:
            try:
                if lost:
                    await self._subscribe_again()
                    log.info("stream hub: redis is back")
                    lost = False
                await self._read_until_lost()
            except (RedisError, OSError) as error:
                if not lost:
                    log.warning("stream hub: redis is away", error=str(error))
                lost = True
            await asyncio.sleep(RECONNECT_SECONDS)

    async def _read_until_lost(self) -> None:
        while True:
            async with self._changing:
                if self._listeners and not self._pubsub.subscribed:
                    raise RedisConnectionError("not subscribed")
            if not self._pubsub.subscribed:
                await asyncio.sleep(0.05)
                continue
            message = await self._pubsub.get_message(timeout=5)
            if message is not None:
                self._fan_out(topic_by_name(message["channel"]), message["data"])

    def _fan_out(self, topic: str, content: bytes) -> None:
        try:
            published = Published.decode(topic, content)
        except MalformedMessage as error:
            log.warning("stream hub: a message is left out", topic=topic, error=str(error))
            return
        for listener in tuple(self._listeners.get(topic, ())):
            try:
                listener.hear(published)
            except Exception:  # a fault of one socket, or a message in a wrong form, must not silence the others
                log.exception("stream hub: a listener failed", topic=topic, channel=published.channel)

    async def _subscribe_again(self) -> None:
        async with self._changing:
            with suppress(RedisError, OSError):
                await self._pubsub.aclose()  # type: ignore[no-untyped-call]
            self._pubsub = self._redis.pubsub(ignore_subscribe_messages=True)
            if self._listeners:
                await self._pubsub.subscribe(*map(name_in_redis, self._listeners))
            everyone = {listener for group in self._listeners.values() for listener in group}
        for listener in everyone:
            listener.resync()


_hubs: WeakKeyDictionary[asyncio.AbstractEventLoop, Hub] = WeakKeyDictionary()


def hub() -> Hub:
    """The hub of the running event loop."""
    loop = asyncio.get_running_loop()
    if loop not in _hubs:
        _hubs[loop] = Hub(settings.REDIS_URL)
    return _hubs[loop]
