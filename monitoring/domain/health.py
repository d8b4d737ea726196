"""The readings of a health check, as values; `monitoring.domain.diagnosis` finds the faults in them."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from monitoring.domain.backups.signs import BackupSigns
from monitoring.domain.faults import DOWN, Fault
from trading.domain.clocks import TOLERANCE, ClockReport
from trading.domain.rules import RULES_NOW


class DependencyName(StrEnum):
    POSTGRESQL = "postgresql"
    REDIS = "redis"
    """The cache, and the published messages."""

    BROKER = "broker"
    """The queue of tasks, in Redis too."""


@dataclass(frozen=True, slots=True)
class Dependency:
    """Whether a dependency answers, and how fast; `error` names the kind of failure."""

    name: DependencyName
    healthy: bool
    milliseconds: float
    error: str = ""


class Program(StrEnum):
    """A program whose life shows only in its work: it listens to no port."""

    SETTLER = "settler"
    WORKER = "worker"
    BEAT = "beat"


SILENT_AFTER_SECONDS = 45.0
"""Three heartbeats and a long batch may be late."""


@dataclass(frozen=True, slots=True)
class Pulse:
    """The seconds since a program's last heartbeat, of any of its processes. None: none is known."""

    program: Program
    seconds: float | None

    @property
    def alive(self) -> bool:
        return self.seconds is not None and self.seconds <= SILENT_AFTER_SECONDS


@dataclass(frozen=True, slots=True)
class IndexAge:
    """The age of an instrument's newest index price, None if it has none; `traded`: people may open or close trades."""

    instrument: str
    source: str | None
    seconds: float | None
    traded: bool = True

    @property
    def ahead(self) -> bool:
        """Whether the price is of the future: some clock is wrong, and the price no news."""
        return self.seconds is not None and self.seconds < -TOLERANCE.total_seconds()

    @property
    def fresh(self) -> bool:
        in_time = self.seconds is not None and self.seconds <= RULES_NOW.price_age_max.total_seconds()
        return in_time and not self.ahead


@dataclass(frozen=True, slots=True)
class Disk:
    """The space of the file system of a place, in bytes; None when it didn't tell."""

    place: str
    free: int | None
    size: int | None

    @property
    def free_ratio(self) -> float | None:
        """The free share of it, 0 to 1."""
        return None if self.free is None or not self.size else self.free / self.size


@dataclass(frozen=True, slots=True)
class Migrations:
    """Migrations, as `accounts.0001_people`, that the database lacks, and those that this program doesn't know."""

    missing: tuple[str, ...]
    unknown: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Readings:
    """All that a check read. None: it could not be read, because the database or Redis didn't answer for it."""

    dependencies: Sequence[Dependency]
    clock: ClockReport | None
    clocks: Sequence[ClockReport]
    migrations: Migrations | None
    indexes: Sequence[IndexAge] | None
    overdue: int | None
    pulses: Sequence[Pulse] | None
    disks: Sequence[Disk]
    backups: BackupSigns | None = None

    def answers(self, name: DependencyName) -> bool:
        """Whether this dependency answered."""
        return any(dependency.healthy for dependency in self.dependencies if dependency.name == name)


@dataclass(frozen=True, slots=True)
class Health:
    """The readings of a check and the faults in them."""

    readings: Readings
    faults: Sequence[Fault]

    @property
    def is_down(self) -> bool:
        """Whether a dependency doesn't answer."""
        return any(fault.code in DOWN for fault in self.faults)

    @property
    def is_ready(self) -> bool:
        """Whether requests should come to this server: it has a database, of its own version, and a usable clock.

        Nothing else makes a server unready. A fault that all servers share, such as a settler that stands or an absent
        Redis, would take all of them out at once, and with them the pages and prices that still work. A wrong clock
        counts only while another server is known to have a right one.
        """
        read = self.readings
        current = read.migrations is None or not read.migrations.missing
        return read.answers(DependencyName.POSTGRESQL) and current and not self._leaves_it_to_others

    @property
    def _leaves_it_to_others(self) -> bool:
        own = self.readings.clock
        if own is None or own.is_right:
            return False
        return any(
            report.is_right and report.program == own.program and report.host != own.host
            for report in self.readings.clocks
        )
