"""The hub notices that it may have missed news, when Redis hangs, or the network, or a publisher."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Callable, Collection, Iterator
from contextlib import asynccontextmanager, contextmanager
from time import monotonic
from urllib.parse import urlsplit

import pytest
from redis import Redis as BlockingRedis
from structlog.testing import capture_logs

from accounts.domain.channels import ACCESS, Message, lost_message
from accounts.publish import name_in_redis
from accounts.publish.untold import Untold
from accounts.tests.patience import PATIENCE_SECONDS
from trading.streams.hub import Hub
from trading.tests.ears import Ear, Server, publish, publish_raw, until

pytestmark = pytest.mark.process


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


@contextmanager
def frozen(process: int) -> Iterator[None]:
    """Stopped, but not ended: its connections stay open and nothing is answered."""
    os.kill(process, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(process, signal.SIGCONT)


async def test_after_a_hang_of_redis_everybody_is_told_to_resync(
    server: Server, hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The connection survives such a hang; only the beat shows it."""
    monkeypatch.setattr("trading.streams.hub.SILENT_SECONDS", 1.0)
    ear = Ear()
    await hub.join("a", ear)
    await publish(server, "a", "before")
    await until(lambda: ear.words == ["before"], "the message")
    with frozen(server.child.pid):
        await until(lambda: hub.news_of("a") is None, "the doubt")
        assert ear.resyncs == 0
    await until(lambda: ear.resyncs == 1, "the resync")
    assert hub.news_of("a") is not None
    await publish(server, "a", "after")
    await until(lambda: ear.words == ["before", "after"], "the message")


async def test_news_that_come_in_doubt_wait_for_the_resync_but_ends_of_access_do_not(
    server: Server, hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("trading.streams.beat.SECONDS", PATIENCE_SECONDS)  # there is one beat, and it is heard
    ear = Ear()
    await hub.join("a", ear)
    await until(lambda: hub._beat._heard == 1, "the beat")
    hub._doubtful_since = monotonic()
    await publish(server, "a", "a trade of a session that may have ended")
    await publish_raw(server, "a", Message("a", ACCESS, "an end").encode())
    await until(lambda: bool(ear.heard), "the end")
    assert ear.words == ["an end"]


async def test_a_network_that_swallows_everything_is_left_and_tried_again(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No error ever comes from such a connection."""
    monkeypatch.setattr("trading.streams.beat.SECONDS", 0.1)
    monkeypatch.setattr("trading.streams.hub.TIMEOUT_SECONDS", 0.5)
    monkeypatch.setattr("trading.streams.hub.SILENT_SECONDS", 0.2)
    await until(server.answers, "the server's answer")
    ear = Ear()
    async with wire(server) as (url, cut):
        hub = Hub(url)
        await hub.join("a", ear)
        await publish_until_heard(server, ear, "before")
        before = ear.resyncs  # so short a silence is met on a busy machine, too
        cut()
        await until(lambda: ear.resyncs > before, "the resync")
        await publish_until_heard(server, ear, "after")
        await hub.close()


async def publish_until_heard(server: Server, ear: Ear, word: str) -> None:
    """Publishes again what a hub in doubt leaves to its resync."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while word not in ear.words:
            await publish(server, "a", word)
            await asyncio.sleep(0.025)


async def test_a_publisher_that_was_not_heard_has_its_listeners_told(server: Server, hub: Hub) -> None:
    """Those of the lost topics only; a price needs no mark, because its number shows the gap."""
    concerned, other, prices = Ear(), Ear(), Ear()
    for topic, ear in (("user.1", concerned), ("user.2", other), ("prices", prices)):
        await hub.join(topic, ear)
    answers = [False, False, True]
    told: list[list[str]] = []

    def tell(topics: Collection[str]) -> bool:
        told.append(sorted(topics))
        mark = lost_message(topics)
        if heard := answers.pop(0):
            with BlockingRedis.from_url(server.url()) as redis:
                redis.publish(name_in_redis(mark.topic), mark.encode())
        return heard

    Untold(tell).add(["user.1"])
    await until(lambda: concerned.resyncs == 1, "the resync")
    assert told == [["user.1"]] * 3
    assert (other.resyncs, prices.resyncs) == (0, 0)


async def test_the_answers_to_subscriptions_are_no_silence(server: Server, hub: Hub) -> None:
    """Each is an empty message; a thousand of them come when sockets come back after a restart."""
    ears = [Ear() for _ in range(200)]
    with capture_logs() as logs:
        await asyncio.gather(*(hub.join(f"user.{number}", ear) for number, ear in enumerate(ears)))
        await publish(server, "user.199", "after all of them")
        await until(lambda: bool(ears[-1].heard), "the message")
    assert (logs, sum(ear.resyncs for ear in ears)) == ([], 0)
