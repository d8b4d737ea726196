"""Finds the faults in the readings of a health check."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from typing import Any

from monitoring.domain.faults import Fault, FaultCode
from monitoring.domain.health import DependencyName, Program, Readings

_DOWN = {
    DependencyName.POSTGRESQL: FaultCode.DATABASE_DOWN,
    DependencyName.REDIS: FaultCode.REDIS_DOWN,
    DependencyName.BROKER: FaultCode.BROKER_DOWN,
}
_SILENT = {
    Program.SETTLER: FaultCode.SETTLER_SILENT,
    Program.WORKER: FaultCode.WORKER_SILENT,
    Program.BEAT: FaultCode.BEAT_SILENT,
}


def diagnose(read: Readings, venues: Iterable[Mapping[str, Any]], *, disk_free_min: float) -> list[Fault]:
    """The faults, each once. `venues` are those of the feed's last report; `disk_free_min` is a share, 0 to 1."""
    return [
        *(Fault(_DOWN[each.name], each.name) for each in read.dependencies if not each.healthy),
        *_of_migrations(read),
        *_of_pulses(read),
        *_of_trading(read),
        *_of_clocks(read),
        *_of_markets(venues),
        *_of_disks(read, disk_free_min),
        *_of_backups(read),
    ]


def _of_migrations(read: Readings) -> Iterator[Fault]:
    """One fault for all: an upgrade mends them together."""
    if read.migrations and read.migrations.missing:
        yield Fault(FaultCode.MIGRATIONS_MISSING, read.migrations.missing[0])
    if read.migrations and read.migrations.unknown:
        yield Fault(FaultCode.MIGRATIONS_UNKNOWN, read.migrations.unknown[0])


def _of_pulses(read: Readings) -> Iterator[Fault]:
    """A silence says something about a program only while the beat and the broker bring it its heartbeats."""
    silent = {pulse.program for pulse in read.pulses or () if not pulse.alive}
    if not read.answers(DependencyName.BROKER):
        return
    if Program.BEAT in silent:
        yield Fault(FaultCode.BEAT_SILENT, Program.BEAT)
        return
    yield from (Fault(_SILENT[program], program) for program in Program if program in silent)


def _of_trading(read: Readings) -> Iterator[Fault]:
    if read.overdue:
        yield Fault(FaultCode.TRADES_OVERDUE, "flash_trades")
    for age in read.indexes or ():
        if age.ahead:
            yield Fault(FaultCode.PRICE_AHEAD, age.instrument)
        elif age.traded and not age.fresh:
            yield Fault(FaultCode.INDEX_STALE, age.instrument)
    if not read.answers(DependencyName.POSTGRESQL):
        return
    tables = {"index_prices": read.indexes, "flash_trades": read.overdue, "django_migrations": read.migrations}
    yield from (Fault(FaultCode.READS_BLOCKED, table) for table, answer in tables.items() if answer is None)


def _of_clocks(read: Readings) -> Iterator[Fault]:
    for report in read.clocks:
        if not report.is_right:
            code = FaultCode.CLOCK_AHEAD if report.ahead > timedelta(0) else FaultCode.CLOCK_BEHIND
            yield Fault(code, f"{report.program}@{report.host}")


def _of_markets(venues: Iterable[Mapping[str, Any]]) -> Iterator[Fault]:
    """The markets that a venue doesn't list, or doesn't quote though it quotes others."""
    for venue in venues:
        lost = [item["market"] for item in venue["apart"] if not item["live"]]
        for market in [*venue["missing"], *lost]:
            yield Fault(FaultCode.MARKET_LOST, f"{venue['venue']} {market}")


def _of_disks(read: Readings, free_min: float) -> Iterator[Fault]:
    for disk in read.disks:
        if disk.free_ratio is None or disk.free_ratio < free_min:
            yield Fault(FaultCode.DISK_LOW, disk.place)


def _of_backups(read: Readings) -> Iterator[Fault]:
    signs = read.backups
    if signs and signs.old:
        yield Fault(FaultCode.BACKUP_OLD, signs.last_good or "none")
    if signs and signs.failed:
        yield Fault(FaultCode.BACKUP_FAILED, signs.failed)
    if signs and signs.copy_failed:
        yield Fault(FaultCode.BACKUP_COPY_FAILED, signs.copy_failed)
