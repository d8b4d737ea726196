"""Clients of Redis: of the server in a URL, or of the master that sentinels name at each new connection."""

from typing import Any

from redis import Redis
from redis.asyncio import Redis as AsyncRedis
from redis.asyncio.retry import Retry as AsyncRetry
from redis.asyncio.sentinel import Sentinel as AsyncSentinel
from redis.backoff import NoBackoff
from redis.retry import Retry
from redis.sentinel import Sentinel

from accounts.domain.sentinels import Sentinels


def redis_client(url: str, **options: Any) -> Redis:
    """Returns a client with these options of redis-py, such as `socket_timeout` in seconds."""
    sentinels = Sentinels.of(url)
    if sentinels is None:
        return Redis.from_url(url, **options)
    watch = Sentinel(sentinels.hosts, sentinel_kwargs=sentinel_options(sentinels, options))  # type: ignore[no-untyped-call]
    client: Redis = watch.master_for(sentinels.master, **_of_master(sentinels), **options)  # type: ignore[no-untyped-call]
    return client


def async_redis_client(url: str, **options: Any) -> AsyncRedis:
    """Returns a client for coroutines, with these options of redis-py."""
    sentinels = Sentinels.of(url)
    if sentinels is None:
        client: AsyncRedis = AsyncRedis.from_url(url, **options)
        return client
    never = AsyncRetry(NoBackoff(), 0)
    watch = AsyncSentinel(sentinels.hosts, sentinel_kwargs=sentinel_options(sentinels, options) | {"retry": never})  # type: ignore[no-untyped-call]
    found: AsyncRedis = watch.master_for(sentinels.master, **_of_master(sentinels), **options)
    return found


def sentinel_options(sentinels: Sentinels, options: dict[str, Any]) -> dict[str, Any]:
    """Returns the options of a connection to a sentinel: those of the master, and one try, because others can answer.

    By default, a client would wait for seconds before it gives up a sentinel that is gone.
    """
    patience = {name: value for name, value in options.items() if name.startswith("socket_")}
    return {"password": sentinels.password or None, **patience, "retry": Retry(NoBackoff(), 0)}


def _of_master(sentinels: Sentinels) -> dict[str, Any]:
    return {"password": sentinels.password or None, "db": sentinels.database}
