"""Reads the data behind health checks and metrics."""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import DatabaseError, connection
from redis import Redis, RedisError

from monitoring.domain.faults import Fault, FaultCode
from trading.domain.clocks import TOLERANCE, ClockReport
from trading.domain.rules import RULES_NOW
from trading.selectors.listings import listings
from trading.selectors.trades import TradeCounts, trade_counts
from trading.selectors.venues import VenueReport

OVERDUE_AFTER = timedelta(seconds=10)


@dataclass(frozen=True, slots=True)
class Dependency:
    """Whether a dependency answers, and how fast."""

    name: str
    healthy: bool
    milliseconds: float
    error: str = ""


@dataclass(frozen=True, slots=True)
class IndexAge:
    """The age of an instrument's newest index price; None if it has none."""

    instrument: str
    source: str | None
    seconds: float | None

    @property
    def ahead(self) -> bool:
        """Whether the price is of the future: some clock is wrong, and the price no news."""
        return self.seconds is not None and self.seconds < -TOLERANCE.total_seconds()

    @property
    def fresh(self) -> bool:
        in_time = self.seconds is not None and self.seconds <= RULES_NOW.price_age_max.total_seconds()
        return in_time and not self.ahead


def ask_database() -> Dependency:
    """Checks PostgreSQL now."""
    return _ask("postgresql", _ask_database)


def ask_redis() -> Dependency:
    """Checks Redis now."""
    return _ask("redis", _ask_redis)


def index_ages(now: datetime) -> list[IndexAge]:
    """Returns the age of each instrument's index."""
    return [
        IndexAge(
            item.instrument.symbol,
            item.newest.source if item.newest else None,
            round((now - item.newest.priced_at).total_seconds(), 3) if item.newest else None,
        )
        for item in listings(now)
    ]


def faults(ages: Iterable[IndexAge], clocks: Iterable[ClockReport]) -> list[Fault]:
    """The faults in these ages and clocks."""
    found = [Fault(FaultCode.PRICE_AHEAD, age.instrument) for age in ages if age.ahead]
    for report in clocks:
        if not report.is_right:
            code = FaultCode.CLOCK_AHEAD if report.ahead > timedelta(0) else FaultCode.CLOCK_BEHIND
            found.append(Fault(code, f"{report.program}@{report.host}"))
    return found


def market_faults(report: VenueReport | None) -> list[Fault]:
    """The markets that a venue of the feed's last report doesn't list, or doesn't quote though it quotes others."""
    found = []
    for venue in report.venues if report else ():
        lost = [item["market"] for item in venue["apart"] if not item["live"]]
        found += [Fault(FaultCode.MARKET_LOST, f"{venue['venue']} {market}") for market in [*venue["missing"], *lost]]
    return found


def trades_now(now: datetime) -> TradeCounts:
    """Returns the numbers of unsettled trades and of overdue ones."""
    return trade_counts(overdue_before=now - OVERDUE_AFTER)


def _ask(name: str, question: Callable[[], None]) -> Dependency:
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


def _ask_redis() -> None:
    with Redis.from_url(settings.REDIS_URL, socket_timeout=1, socket_connect_timeout=1) as redis:
        redis.ping()
