"""One Redis subscription per process for all its sockets: each message is parsed once.

The hub knows when it may have missed a message, and then tells the listeners to read the state anew: after a lost
connection, after beats that were late, and for the topics that a publisher could not reach.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection
from contextlib import suppress
from itertools import count
from time import monotonic
from typing import Any, Protocol

import structlog
from django.conf import settings
from redis import ConnectionError as RedisConnectionError
from redis import RedisError
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from accounts.domain.channels import ACCESS, LOST, MalformedMessage, lost_topics, user_of
from accounts.publish import name_in_redis, topic_by_name
from accounts.redis_client import async_redis_client
from trading.metrics import FRAMES, GAPS
from trading.streams.beat import BUSY_SECONDS, Beat
from trading.streams.kept import Logs
from trading.streams.protocol import Published
from trading.streams.reading import PerLoop

log = structlog.get_logger(__name__)
RECONNECT_SECONDS = 0.5
TIMEOUT_SECONDS = 2.0
SILENT_SECONDS = 1.0
LISTENERS_IN_A_ROW = 50
"""Then requests have their turn."""
MESSAGES_IN_A_ROW = 200
"""So many are looked through before any is handed on."""


class Listener(Protocol):
    """A receiver of topics. Neither call may block."""

    def hear(self, published: Published) -> None:
        """A message of a topic, the same object for all listeners."""

    def resync(self, topics: Collection[str] | None) -> None:
        """Messages of these topics (None: of all) may have been lost: read the state anew."""


class Hub:
    """The listeners of one process's event loop."""

    def __init__(self, url: str) -> None:
        # No retries inside the client: it would silently subscribe again, and hide that messages were missed.
        never, seconds = Retry(NoBackoff(), 0), TIMEOUT_SECONDS
        self._redis = async_redis_client(url, socket_timeout=seconds, socket_connect_timeout=seconds, retry=never)
        self._pubsub = self._redis.pubsub(ignore_subscribe_messages=True)
        self._listeners: dict[str, set[Listener]] = {}
        self._changing = asyncio.Lock()
        self._tasks: list[asyncio.Task[None]] = []
        self._beat = Beat(self._redis, seconds)
        self.logs = Logs(self._redis)
        self._doubtful_since: float | None = None
        self._lost = False
        self._numbers = count()
        self._news: dict[str, int] = {}

    async def join(self, topic: str, listener: Listener) -> None:
        """Add a listener. After the return, it misses no message of the topic, or is told to resync."""
        async with self._changing:
            first = topic not in self._listeners
            self._listeners.setdefault(topic, set()).add(listener)
            if not self._tasks:
                await self._tell_redis(self._pubsub.subscribe, *self._own_topics())
            if first:
                self._news[topic] = next(self._numbers)
                await self._tell_redis(self._pubsub.subscribe, topic)
            if not self._tasks:
                doing = (self._read(), self._beat.go_on(), self.logs.go_on(self._listeners.keys()))
                self._tasks = [asyncio.create_task(each) for each in doing]

    async def leave(self, topic: str, listener: Listener) -> None:
        """The listener gets no more messages of the topic."""
        async with self._changing:
            listeners = self._listeners.get(topic, set())
            listeners.discard(listener)
            if not listeners and self._listeners.pop(topic, None) is not None:
                del self._news[topic]
                await self._tell_redis(self._pubsub.unsubscribe, topic)

    def news_of(self, topic: str) -> int | None:
        """A number that changes with each message of a topic, and when one may have been lost. None: nobody listens."""
        return None if self._doubtful_since is not None else self._news.get(topic)

    async def close(self) -> None:
        """Stop reading; for the end of a process and of a test."""
        left = set(self._tasks)
        while left:  # the client of Redis may take a cancellation for a lost connection
            for task in left:
                task.cancel()
            _, left = await asyncio.wait(left, timeout=0.1)
        await self._pubsub.aclose()  # type: ignore[no-untyped-call]
        await self._redis.aclose()

    def _own_topics(self) -> tuple[str, str]:
        return LOST, self._beat.topic

    async def _tell_redis(self, command: Callable[..., Awaitable[object]], *topics: str) -> None:
        if self._lost:
            return
        with suppress(RedisError, OSError):  # the reader notices, subscribes to all topics again, and all resync
            await command(*map(name_in_redis, topics))

    async def _read(self) -> None:
        while True:
            try:
                if self._lost:
                    await self._subscribe_again()
                    log.info("stream hub: redis is back")
                await self._read_until_lost()
            except (RedisError, OSError) as error:
                if not self._lost:
                    log.warning("stream hub: redis lost", error=str(error))
                self._lost, self._doubtful_since = True, self._doubtful_since or monotonic()
                await asyncio.sleep(RECONNECT_SECONDS)

    async def _read_until_lost(self) -> None:
        while True:
            if self._beat.is_dead:
                raise RedisConnectionError("no beat comes back")
            async with self._changing:
                if not self._pubsub.subscribed:
                    raise RedisConnectionError("not subscribed")
            began = monotonic()
            message = await self._pubsub.get_message(timeout=SILENT_SECONDS)
            if message is None:
                self._hear_nothing(monotonic() - began)
            else:
                for published in await self._with_those_behind(message):
                    await self._receive(published)

    async def _with_those_behind(self, message: Any) -> list[Published]:
        """This message, and those that wait already. The market's numbered ones become one of each topic, with all its
        prices: this process is late, and several would make it later.
        """
        found: dict[object, Published] = {}
        for number in range(MESSAGES_IN_A_ROW):
            if number:
                message = await self._pubsub.get_message(timeout=0)
            if message is None:
                break
            published = _decoded(topic_by_name(message["channel"]), message["data"])
            if published is not None:
                is_market = published.seq is not None and user_of(published.topic) is None
                key = published.topic if is_market else number
                if earlier := found.pop(key, None):
                    FRAMES.conflations += len(self._listeners.get(published.topic, ()))
                    published = published.with_those_of(earlier)
                found[key] = published
        return list(found.values())

    async def _receive(self, published: Published) -> None:
        topic = published.topic
        if topic == self._beat.topic:
            self._hear_beat(published.data)
        elif topic == LOST:
            self._resync(lost_topics(published.data))
        elif self._doubtful_since is None or published.channel == ACCESS:  # in doubt, a resync replaces the news
            await self._fan_out(published)

    def _hear_nothing(self, seconds: float) -> None:
        if not 0.9 * SILENT_SECONDS < seconds < SILENT_SECONDS + BUSY_SECONDS:
            return  # the answer to a subscription came; or nobody looked
        self._beat.hear_nothing()
        if self._beat.is_late and self._doubtful_since is None:
            self._doubtful_since = monotonic()
            log.warning("stream hub: news is late")

    def _hear_beat(self, number: object) -> None:
        if isinstance(number, int):
            self._beat.hear(number)
        if self._doubtful_since is not None and not self._beat.is_late:
            log.info("stream hub: news comes again", after_seconds=round(monotonic() - self._doubtful_since, 1))
            self._resync(None)

    async def _fan_out(self, published: Published) -> None:
        topic = published.topic
        if topic not in self._listeners:
            return
        self._news[topic] = next(self._numbers)
        for number, listener in enumerate(tuple(self._listeners[topic]), 1):
            self._call(listener.hear, published)
            if number % LISTENERS_IN_A_ROW == 0:
                await asyncio.sleep(0)

    def _call(self, hears: Callable[[Any], None], said: Any) -> None:
        try:
            hears(said)
        except Exception:  # a fault of one socket, or a message in a wrong form, must not silence the others
            topic = said.topic if isinstance(said, Published) else None
            log.exception("stream hub: a listener failed", topic=topic)

    def _resync(self, topics: Collection[str] | None) -> None:
        GAPS.inc()
        if topics is None:
            self._doubtful_since = None
        concerned = [topic for topic in (self._listeners if topics is None else topics) if topic in self._listeners]
        self._news |= {topic: next(self._numbers) for topic in concerned}
        for listener in {listener for topic in concerned for listener in self._listeners[topic]}:
            self._call(listener.resync, topics)

    async def _subscribe_again(self) -> None:
        async with self._changing:
            with suppress(RedisError, OSError):
                await self._pubsub.aclose()  # type: ignore[no-untyped-call]
            self._pubsub = self._redis.pubsub(ignore_subscribe_messages=True)
            await self._pubsub.subscribe(*map(name_in_redis, (*self._own_topics(), *self._listeners)))
            self._beat.start_again()
            self._lost = False
            self._resync(None)


def _decoded(topic: str, content: bytes) -> Published | None:
    try:
        return Published.decode(topic, content)
    except MalformedMessage as error:
        log.warning("stream hub: a message is left out", topic=topic, error=str(error))
        return None


hub = PerLoop(lambda: Hub(settings.REDIS_URL))
"""The hub of the running event loop."""
