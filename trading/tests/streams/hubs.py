"""Listeners of a hub, its Valkey, and the ways in which that is lost."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Callable, Collection, Iterator
from contextlib import asynccontextmanager, contextmanager
from time import monotonic
from typing import Protocol
from urllib.parse import urlsplit

from redis.asyncio import Redis

from accounts.domain.channels import Message
from accounts.publish import name_in_redis
from accounts.tests.patience import PATIENCE_SECONDS
from cryptotrader.local.processes import Child
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


class Server(Protocol):
    """A Valkey of the test's own, which the test may kill (`own_valkey`)."""

    child: Child

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


@asynccontextmanager
async def wire(server: Server) -> AsyncIterator[tuple[str, Callable[[], None]]]:
    """A network between: its address, and a call that makes all present connections swallow what is sent."""
    sound: set[asyncio.StreamWriter] = set()
    whole: list[bool] = [True]

    async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, mine: list[bool]) -> None:
        while content := await reader.read(65536):
            if mine[0]:
                writer.write(content)
        writer.close()

    async def connect(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        beyond = await asyncio.open_connection("127.0.0.1", urlsplit(server.url()).port)
        mine = whole
        sound.update((writer, beyond[1]))
        await asyncio.gather(carry(reader, beyond[1], mine), carry(beyond[0], writer, mine), return_exceptions=True)

    def cut() -> None:
        nonlocal whole
        whole[0] = False
        whole = [True]

    listening = await asyncio.start_server(connect, "127.0.0.1", 0)
    port = listening.sockets[0].getsockname()[1]
    yield urlsplit(server.url())._replace(netloc=netloc_with(server.url(), port)).geturl(), cut
    listening.close()
    for writer in sound:
        writer.close()


def netloc_with(url: str, port: int) -> str:
    credentials, at, _ = urlsplit(url).netloc.rpartition("@")
    return f"{credentials}{at}127.0.0.1:{port}"


async def publish(server: Server, topic: str, word: str) -> None:
    await publish_raw(server, topic, Message(topic, "channel", word).encode())


async def publish_raw(server: Server, topic: str, content: str | bytes) -> None:
    async with Redis.from_url(server.url()) as redis:
        await redis.publish(name_in_redis(topic), content)


@contextmanager
def frozen(process: int) -> Iterator[None]:
    """Stopped, but not ended: its connections stay open and nothing is answered."""
    os.kill(process, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(process, signal.SIGCONT)
