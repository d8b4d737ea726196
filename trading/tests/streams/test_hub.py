"""What the hub does when Redis goes away for a while: it comes back by itself, and everybody starts from the state."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from redis import Redis as BlockingRedis
from redis.asyncio import Redis

from cryptotrader.local.processes import Child
from cryptotrader.local.valkey import Valkey
from trading.streams.hub import Hub


class Ear:
    """A listener that remembers."""

    def __init__(self) -> None:
        self.heard: list[bytes] = []
        self.resyncs = 0

    def hear(self, topic: str, content: bytes) -> None:
        self.heard.append(content)

    def resync(self) -> None:
        self.resyncs += 1


class Server:
    """A Valkey of the test's own, that it may kill."""

    def __init__(self, home: Path) -> None:
        self.valkey = Valkey(home, durable=False)
        self.child: Child = self.valkey.start()

    async def answer(self) -> None:
        await until(self.valkey.answers, "the server's answer")

    def kill(self) -> None:
        self.child.popen.kill()
        self.child.popen.wait()

    async def start_again(self) -> None:
        self.child = self.valkey.start_again()
        await self.answer()


async def until(true: Callable[[], bool], what: str) -> None:
    """Look until it is so."""
    for _ in range(400):
        if true():
            return
        await asyncio.sleep(0.025)
    pytest.fail(f"never came: {what}")


@asynccontextmanager
async def turnstile(server: Server) -> AsyncIterator[list[object]]:
    """Something in the killed server's place that hangs up on everybody, and remembers whom."""
    turned_away: list[object] = []

    async def hang_up(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        turned_away.append(writer.get_extra_info("peername"))
        writer.close()

    port = urlsplit(server.valkey.url()).port
    async with await asyncio.start_server(hang_up, "127.0.0.1", port):
        yield turned_away


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    (tmp_path / "log").mkdir()
    server = Server(tmp_path)
    yield server
    server.kill()


@pytest.fixture
async def hub(server: Server) -> AsyncIterator[Hub]:
    await server.answer()
    hub = Hub(server.valkey.url())
    yield hub
    await hub.close()


async def publish(server: Server, topic: str, content: str) -> None:
    async with Redis.from_url(server.valkey.url()) as redis:
        await redis.publish(topic, content)


async def test_listeners_hear_their_topics_and_no_others(server: Server, hub: Hub) -> None:
    first, second = Ear(), Ear()
    await hub.join("a", first)
    await hub.join("b", second)
    await publish(server, "a", "one")
    await publish(server, "b", "two")
    await until(lambda: bool(second.heard), "the message")
    assert (first.heard, second.heard, first.resyncs) == ([b"one"], [b"two"], 0)

    await hub.leave("a", first)
    await publish(server, "a", "three")
    await publish(server, "b", "four")
    await until(lambda: len(second.heard) == 2, "the message")
    assert first.heard == [b"one"]


async def test_a_cut_connection_is_mended_and_everybody_is_told_to_resync(server: Server, hub: Hub) -> None:
    ear = Ear()
    await hub.join("a", ear)
    with BlockingRedis.from_url(server.valkey.url()) as redis:
        redis.client_kill_filter(_type="pubsub")
    await until(lambda: ear.resyncs == 1, "the resync")
    await publish(server, "a", "after")
    await until(lambda: ear.heard == [b"after"], "the message")


async def test_it_outlives_a_server_that_stays_away_for_a_while(server: Server, hub: Hub) -> None:
    ear, latecomer = Ear(), Ear()
    await hub.join("a", ear)
    server.kill()
    async with turnstile(server) as turned_away:
        await until(lambda: len(turned_away) >= 2, "two tries to come back that fail")
        await hub.join("b", latecomer)
    await server.start_again()
    await until(lambda: (ear.resyncs, latecomer.resyncs) == (1, 1), "the resync")
    await publish(server, "a", "one")
    await publish(server, "b", "two")
    await until(lambda: (ear.heard, latecomer.heard) == ([b"one"], [b"two"]), "the messages")


async def test_who_comes_first_while_redis_is_away_hears_when_it_is_back(server: Server, hub: Hub) -> None:
    server.kill()
    ear = Ear()
    await hub.join("a", ear)
    await server.start_again()
    await until(lambda: ear.resyncs == 1, "the resync")
    await publish(server, "a", "one")
    await until(lambda: ear.heard == [b"one"], "the message")
