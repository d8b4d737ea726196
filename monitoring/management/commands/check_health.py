"""Tells people what `/api/health` tells balancers, and the fix of each fault."""

import json
from collections.abc import Iterator
from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone

from accounts.management.command import OperatorCommand
from monitoring.domain.health import Health, Readings
from monitoring.services.check_health import check_health
from monitoring.wire import health as wire_health

EXIT_FAULT, EXIT_DEPENDENCY = 3, 4
UNKNOWN = "unknown"


class Command(OperatorCommand):
    help = (
        "Check PostgreSQL, its migrations, Redis as cache and as queue, the settler, the worker and the beat, the age "
        "of each index, the clocks, and the disks of this machine. Prints a line for each, and for each fault its "
        "code, its place and the fix. It asks all at the same time and ends within about five seconds, also while one "
        "of them hangs. It changes nothing. docs/runbook.md explains each fault. "
        "Exit codes: 0 no fault, 3 a fault, 4 PostgreSQL or Redis doesn't answer."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print the form of /api/health, with fixes, as JSON")
        parser.add_argument("--quiet", action="store_true", help="print the faults alone")

    def handle(self, *args: Any, **options: Any) -> None:
        health = check_health(clock=timezone.now, program="check_health")
        if options["json"]:
            self.stdout.write(json.dumps(_with_fixes(health)))
        else:
            for line in [*(() if options["quiet"] else _readings(health.readings)), *_faults(health)]:
                self.stdout.write(line)
        if health.faults:
            raise SystemExit(EXIT_DEPENDENCY if health.is_down else EXIT_FAULT)


def _with_fixes(health: Health) -> dict[str, object]:
    faults = [{"code": fault.code, "about": fault.about, "fix": fault.fix} for fault in health.faults]
    return wire_health.health(health) | {"faults": faults}


def _faults(health: Health) -> Iterator[str]:
    for fault in health.faults:
        yield f"FAULT {fault.code} ({fault.about})"
        yield f"      fix: {fault.fix}"
    yield f"{len(health.faults) or 'no'} {'fault' if len(health.faults) == 1 else 'faults'}"


def _readings(read: Readings) -> Iterator[str]:
    for each in read.dependencies:
        state = f"answers in {each.milliseconds:g} ms" if each.healthy else f"DOWN ({each.error})"
        yield _line(each.name, state)
    for pulse in read.pulses or ():
        heard = "never heard of" if pulse.seconds is None else f"heard of {pulse.seconds:.0f} s ago"
        yield _line(pulse.program, f"{'lives' if pulse.alive else 'SILENT'}, {heard}")
    yield _line("migrations", _migrations(read))
    yield _line("clock", f"{read.clock.ahead.total_seconds():+.3f} s of the database's" if read.clock else UNKNOWN)
    for age in read.indexes or ():
        old = "no price" if age.seconds is None else f"{age.seconds:.1f} s old ({age.source})"
        yield _line(f"index {age.instrument}", f"{'fresh' if age.fresh else 'stale'}, {old}")
    for disk in read.disks:
        free = UNKNOWN if disk.free is None else f"{disk.free / 1e9:.1f} GB free ({disk.free_ratio:.0%})"
        yield _line(f"disk {disk.place}", free)


def _migrations(read: Readings) -> str:
    if read.migrations is None:
        return UNKNOWN
    missing, unknown = len(read.migrations.missing), len(read.migrations.unknown)
    return f"{missing or 'none'} missing, {unknown or 'none'} unknown"


def _line(name: str, state: str) -> str:
    return f"{name:18} {state}"
