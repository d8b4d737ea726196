"""Gauges of health: clocks, faults, disks, and whether each dependency answers or works."""

from collections.abc import Iterator

from prometheus_client import Metric

from monitoring.domain.health import Health
from monitoring.metrics.families import Family

CLOCK_AHEAD = Family("clock_ahead_seconds", "Its clock ahead of the database's", "program", "host")
FAULT = Family("fault", "A fault to mend: see the runbook", "code", "about")
UP = Family("dependency_up", "Whether it answers, or works", "dependency")
FREE = Family("disk_free_bytes", "Free space of the file system", "place")
FREE_RATIO = Family("disk_free_ratio", "The free share of it, 0 to 1", "place")


def read_health(health: Health) -> Iterator[Metric]:
    read = health.readings
    yield CLOCK_AHEAD.of(((each.program, each.host), each.ahead.total_seconds()) for each in read.clocks)
    yield FAULT.of(((fault.code, fault.about), 1) for fault in health.faults)
    # Without Redis nobody hears the programs, so nothing is known of them.
    programs = [((pulse.program.value,), pulse.alive) for pulse in read.pulses or ()]
    yield UP.of([*(((each.name.value,), each.healthy) for each in read.dependencies), *programs])
    yield FREE.of(((disk.place,), disk.free) for disk in read.disks if disk.free is not None)
    yield FREE_RATIO.of(((disk.place,), disk.free_ratio) for disk in read.disks if disk.free_ratio is not None)
