from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import TimeoutError as TooLate
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from django.conf import settings
from django.db import DatabaseError

from accounts.domain.moments import Clock
from monitoring.connection import health_connection
from monitoring.domain.backups.signs import BackupSigns
from monitoring.domain.diagnosis import diagnose
from monitoring.domain.faults import Fault, FaultCode
from monitoring.domain.health import (
    Dependency,
    DependencyName,
    Disk,
    Health,
    IndexAge,
    Migrations,
    Pulse,
    Readings,
)
from monitoring.patience import Recent, Single
from monitoring.selectors.backups import backup_signs
from monitoring.selectors.dependencies import ask_broker, ask_database, ask_redis, no_answer
from monitoring.selectors.disks import disks
from monitoring.selectors.market import index_ages, trades_now
from monitoring.selectors.migrations import compare_migrations
from monitoring.selectors.pulses import pulses
from monitoring.selectors.recovery import recovery_faults
from trading.domain.clocks import ClockReport
from trading.selectors.clock import clock_reports
from trading.selectors.proof.opening import unopened_key
from trading.selectors.venues import venue_report
from trading.services.prices.compare_clocks import compare_clocks

T = TypeVar("T")

PATIENCE_SECONDS = 3.0
"""The wait for Redis and for the disks. The database has a longer one of its own."""

RECENT_SECONDS = 1.0
"""Probes of many balancers, and scrapes, ask no more often than this."""


@dataclass(frozen=True, slots=True)
class _Database:
    dependency: Dependency
    clock: ClockReport | None = None
    migrations: Migrations | None = None
    indexes: list[IndexAge] | None = None
    overdue: int | None = None
    backups: BackupSigns | None = None
    recovery: Sequence[Fault] = ()
    unopened_key: str | None = None


@dataclass(frozen=True, slots=True)
class _Cache:
    dependency: Dependency
    clocks: Sequence[ClockReport] = ()
    venues: Sequence[Mapping[str, Any]] = ()
    pulses: Sequence[Pulse] | None = None


_redis, _broker, _disks = Single[_Cache]("redis"), Single[Dependency]("broker"), Single[list[Disk]]("disks")
_recent = Recent[Health](RECENT_SECONDS)


def check_health(*, clock: Clock, program: str = "server") -> Health:
    """Ask all dependencies at the same time; `program` names the one whose clock is compared.

    Takes at most about five seconds, also while any of them hangs, and then leaves no thread behind. A locked table
    costs only the answers from it.
    """
    asked_redis, asked_broker = _redis.ask(_of_redis), _broker.ask(ask_broker)
    asked_disks = _disks.ask(lambda: disks(settings.HEALTH_DISKS))
    database = _of_database(clock, program)
    cached = _answer(asked_redis.result, _Cache(no_answer(DependencyName.REDIS, PATIENCE_SECONDS)))
    read = Readings(
        dependencies=(
            database.dependency,
            cached.dependency,
            _answer(asked_broker.result, no_answer(DependencyName.BROKER, PATIENCE_SECONDS)),
        ),
        clock=database.clock,
        clocks=_with(database.clock, cached.clocks),
        migrations=database.migrations,
        indexes=database.indexes,
        overdue=database.overdue,
        backups=database.backups,
        pulses=cached.pulses,
        disks=_answer(asked_disks.result, [Disk(place, None, None) for place in settings.HEALTH_DISKS]),
    )
    free_min = settings.HEALTH_DISK_FREE_MIN_PERCENT / 100
    found = diagnose(read, cached.venues, disk_free_min=free_min)
    signing = [Fault(FaultCode.SIGNING_UNAVAILABLE, database.unopened_key)] if database.unopened_key else []
    return Health(read, [*found, *database.recovery, *signing])


def recent_health(*, clock: Clock) -> Health:
    """The same, at most a second old: for probes and metrics, which many ask at once."""
    return _recent.get(lambda: check_health(clock=clock))


def forget_health() -> None:
    """The next `recent_health` asks anew."""
    _recent.forget()


def _of_database(clock: Clock, program: str) -> _Database:
    try:
        return health_connection.ask(lambda: _ask_database(clock, program))
    except DatabaseError as error:
        return _Database(Dependency(DependencyName.POSTGRESQL, False, 0, type(error).__name__))


def _ask_database(clock: Clock, program: str) -> _Database:
    answered = _Database(ask_database())
    if not answered.dependency.healthy:
        return answered
    return replace(
        answered,
        clock=_unless_blocked(lambda: compare_clocks(program=program, clock=clock)),
        migrations=_unless_blocked(compare_migrations),
        indexes=_unless_blocked(lambda: index_ages(clock())),
        overdue=_unless_blocked(lambda: trades_now(clock()).overdue),
        backups=_unless_blocked(lambda: backup_signs(clock())),
        recovery=_unless_blocked(lambda: recovery_faults(clock())) or (),
        unopened_key=_unless_blocked(unopened_key),
    )


def _of_redis() -> _Cache:
    answered = _Cache(ask_redis())
    if not answered.dependency.healthy:
        return answered
    report = venue_report()
    return replace(answered, clocks=clock_reports(), venues=report.venues if report else (), pulses=pulses())


def _unless_blocked(question: Callable[[], T]) -> T | None:
    try:
        return question()
    except DatabaseError:
        return None


def _answer(wait: Callable[[float], T], otherwise: T) -> T:
    try:
        return wait(PATIENCE_SECONDS)
    except TooLate:
        return otherwise


def _with(own: ClockReport | None, told: Sequence[ClockReport]) -> list[ClockReport]:
    """This process has just kept its report; the cache may have been read before."""
    if own is None:
        return list(told)
    others = [report for report in told if (report.program, report.host) != (own.program, own.host)]
    return sorted([own, *others], key=lambda report: (report.program, report.host))
