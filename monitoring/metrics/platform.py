"""Collects the platform's gauges: the database is asked once a scrape, and each question has little time."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from time import monotonic

import structlog
from django.db import DatabaseError
from django.utils import timezone
from prometheus_client import CollectorRegistry, Metric
from prometheus_client.registry import Collector
from redis import RedisError

from monitoring.connection import on_own_connection
from monitoring.domain.health import DependencyName
from monitoring.metrics.backups import read_backups
from monitoring.metrics.market import read_books, read_index_ages, read_keys, read_venues_counted, read_venues_out
from monitoring.metrics.money import read_house, read_ledger
from monitoring.metrics.people import read_people
from monitoring.metrics.queues import read_queues
from monitoring.metrics.recovery import read_recovery
from monitoring.metrics.state import read_health
from monitoring.metrics.venues import read_venues
from monitoring.services.check_health import recent_health

log = structlog.get_logger(__name__)

Reading = Callable[[datetime], Iterable[Metric]]
SECONDS_MAX = 3.0
"""After that, no more questions to the database: a scrape with some gauges is better than none."""

OF_DATABASE: Sequence[Reading] = (
    read_index_ages,
    read_books,
    read_house,
    read_ledger,
    read_keys,
    read_people,
    read_venues_out,
    read_venues_counted,
    read_backups,
    read_recovery,
)
OF_REDIS: Mapping[DependencyName, Reading] = {DependencyName.BROKER: read_queues, DependencyName.REDIS: read_venues}


class PlatformCollector(Collector):
    def describe(self) -> Iterable[Metric]:
        return []  # without it, the registry would ask the database when it begins

    def collect(self) -> Iterator[Metric]:
        """The health check waits at most about five seconds. What doesn't answer it is asked nothing more."""
        now, health = timezone.now(), recent_health(clock=timezone.now)
        yield from read_health(health)
        for dependency, reading in OF_REDIS.items():
            if health.readings.answers(dependency):
                yield from _answers(reading, now)
        if health.readings.answers(DependencyName.POSTGRESQL):
            try:
                yield from on_own_connection(lambda: _all_of_database(now))
            except DatabaseError as error:
                log.info("metrics: the database doesn't answer", error=str(error))


def _all_of_database(now: datetime) -> list[Metric]:
    until, found = monotonic() + SECONDS_MAX, list[Metric]()
    for reading in OF_DATABASE:
        if monotonic() < until:
            found += _answers(reading, now)
    return found


def _answers(reading: Reading, now: datetime) -> list[Metric]:
    """The gauges of one reading, none if it fails: a table that is locked costs its own gauges only."""
    try:
        return list(reading(now))
    except (DatabaseError, RedisError, OSError) as error:
        log.info("metrics: a reading failed", reading=reading.__name__, error=str(error))
        return []


PLATFORM = CollectorRegistry()
PLATFORM.register(PlatformCollector())
"""For `/metrics`. Register further collectors that read the database here, and not with prometheus_client."""
