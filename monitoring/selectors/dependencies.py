"""Asks the servers that the platform needs whether they answer."""

import time
from collections.abc import Callable

from django.conf import settings
from django.db import DatabaseError, connection
from redis import RedisError
from redis.backoff import NoBackoff
from redis.retry import Retry

from accounts.redis_client import redis_client
from monitoring.domain.health import Dependency, DependencyName

REDIS_SECONDS = 1.0
"""The wait for a connection, and the one for an answer."""


def ask_database() -> Dependency:
    """Checks PostgreSQL now, over this thread's connection."""
    return _ask(DependencyName.POSTGRESQL, _ask_database)


def ask_redis() -> Dependency:
    """Checks the Redis of the cache and of published messages now, within two seconds."""
    return _ask(DependencyName.REDIS, lambda: _ping(settings.REDIS_URL))


def ask_broker() -> Dependency:
    """Checks the Redis of the queue now, within two seconds. One that refuses to write takes no task: it is down."""
    return _ask(DependencyName.BROKER, lambda: _ping(settings.REDIS_QUEUE_URL, writing=True))


def no_answer(name: DependencyName, seconds: float) -> Dependency:
    """The reading of a dependency that hung for so long."""
    return Dependency(name, False, round(seconds * 1000, 1), "TimeoutError")


def _ask(name: DependencyName, question: Callable[[], None]) -> Dependency:
    started = time.perf_counter()
    try:
        question()
        error = ""
    except (DatabaseError, RedisError, OSError) as failure:
        error = type(failure).__name__
    return Dependency(name, not error, round((time.perf_counter() - started) * 1000, 1), error)


def _ask_database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def _ping(url: str, *, writing: bool = False) -> None:
    patience = {"socket_timeout": REDIS_SECONDS, "socket_connect_timeout": REDIS_SECONDS}
    with redis_client(url, **patience, retry=Retry(NoBackoff(), 0)) as redis:
        redis.ping()
        if writing:
            redis.delete("monitoring.never-there")  # a disk that is full, or a replica, refuses it
