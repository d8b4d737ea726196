from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from django.db import DatabaseError

from accounts.domain.moments import Clock
from monitoring.connection import on_own_connection
from monitoring.domain.faults import Fault, FaultCode
from monitoring.selectors.health import Dependency, IndexAge, ask_database, ask_redis, faults, index_ages, market_faults
from trading.domain.clocks import ClockReport
from trading.selectors.clock import clock_reports
from trading.selectors.venues import venue_report
from trading.services.prices.compare_clocks import compare_clocks

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Health:
    """The state of this server and its dependencies. `clock` is None while the database doesn't answer."""

    dependencies: list[Dependency]
    indexes: list[IndexAge]
    clock: ClockReport | None
    faults: list[Fault]

    @property
    def is_ready(self) -> bool:
        """Whether requests should come here: a stale index stops only trading, a wrong clock only this server."""
        answer = all(dependency.healthy for dependency in self.dependencies)
        return answer and self.clock is not None and self.clock.is_right


def check_health(*, clock: Clock) -> Health:
    """Ask the database, over a connection of its own, and Redis. A locked table costs only the answers from it."""
    try:
        database, own, ages = on_own_connection(lambda: _of_database(clock))
    except DatabaseError as error:
        database, own, ages = Dependency("postgresql", False, 0, type(error).__name__), None, None
    found = [*faults(ages or (), clock_reports()), *market_faults(venue_report())]
    if database.healthy and ages is None:
        found.append(Fault(FaultCode.READS_BLOCKED, "index_prices"))
    return Health([database, ask_redis()], ages or [], own, found)


def _of_database(clock: Clock) -> tuple[Dependency, ClockReport | None, list[IndexAge] | None]:
    database = ask_database()
    if not database.healthy:
        return database, None, None
    own = _unless_blocked(lambda: compare_clocks(program="server", clock=clock))
    return database, own, _unless_blocked(lambda: index_ages(clock()))


def _unless_blocked(question: Callable[[], T]) -> T | None:
    try:
        return question()
    except DatabaseError:
        return None
