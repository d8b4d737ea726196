"""The database's clock, and the clocks of our processes beside it."""

from datetime import datetime, timedelta
from typing import cast

from django.core.cache import cache
from django.db import connection
from django_redis.cache import RedisCache

from accounts.domain.moments import Clock
from trading.domain.clocks import TOLERANCE, ClockReport, ahead_of

CLOCKS = "trading.clocks"
"""The cache's keys of the newest reports begin with this; `publish.keep_clock_report` writes them."""


def database_now() -> datetime:
    """The present time of the database, not the time at which a transaction began."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        now: datetime = cursor.fetchone()[0]
    return now


def ahead_of_database(clock: Clock) -> timedelta:
    """How far this process's clock is ahead of the database's, negative if it is behind. One query."""
    return ahead_of(database_now, clock)


def is_of_the_future(now: datetime) -> bool:
    """Whether a time that a program has just read lies ahead, by the database's clock. One query."""
    return now - database_now() > TOLERANCE


def clock_reports() -> list[ClockReport]:
    """The newest comparison of each process that reports; none if the cache is lost."""
    # Django's own interface can't list keys; None is the answer of a cache that is away.
    keys = cast(RedisCache, cache).keys(f"{CLOCKS}.*") or ()
    reports = [ClockReport(**kept) for kept in cache.get_many(keys).values()]
    return sorted(reports, key=lambda report: (report.program, report.host))
