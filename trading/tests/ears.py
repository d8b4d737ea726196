"""Listeners of the hub, and the server that it listens to."""

import asyncio
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import asynccontextmanager
from time import monotonic
from typing import Protocol
from urllib.parse import urlsplit

from redis.asyncio import Redis

from accounts.domain.channels import Message
from accounts.publish import name_in_redis
from accounts.tests.patience import PATIENCE_SECONDS
from trading.streams.protocol import Published


class Ear:
    """A listener that remembers."""

    def __init__(self) -> None:
        self.heard: list[Published] = []
        self.resyncs = 0

    @property
    def words(self) -> list[object]:
        return [published.data for published in self.heard]

    def hear(self, published: Published) -> None:
        self.heard.append(published)

    def resync(self, topics: Collection[str] | None) -> None:
        self.resyncs += 1


class Faulty(Ear):
    """A listener that fails at a message."""

    def hear(self, published: Published) -> None:
        super().hear(published)
        raise LookupError("nothing here fits that message")


class Process(Protocol):
    @property
    def pid(self) -> int: ...


class Server(Protocol):
    """A Valkey of the test's own, which the test may kill (`own_valkey`)."""

    @property
    def child(self) -> Process: ...

    def url(self) -> str: ...

    def answers(self) -> bool: ...

    def kill(self) -> None: ...

    def start_again(self) -> None: ...


async def until(true: Callable[[], bool], what: str) -> None:
    """Wait until the condition holds."""
    deadline = monotonic() + PATIENCE_SECONDS
    while not true():
        assert monotonic() < deadline, f"never came: {what}"
        await asyncio.sleep(0.025)


@asynccontextmanager
async def turnstile(server: Server) -> AsyncIterator[list[object]]:
    """Replaces the killed server, hangs up on every client, and remembers the clients."""
    turned_away: list[object] = []

    async def hang_up(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        turned_away.append(writer.get_extra_info("peername"))
        writer.close()

    port = urlsplit(server.url()).port
    async with await asyncio.start_server(hang_up, "127.0.0.1", port):
        yield turned_away


async def publish(server: Server, topic: str, word: str) -> None:
    await publish_raw(server, topic, Message(topic, "channel", word).encode())


async def publish_raw(server: Server, topic: str, content: str | bytes) -> None:
    async with Redis.from_url(server.url()) as redis:
        await redis.publish(name_in_redis(topic), content)
