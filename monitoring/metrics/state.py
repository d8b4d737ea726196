"""Gauges of health: clocks, faults, and whether each dependency answers."""

from collections.abc import Iterator
from datetime import datetime

from django.utils import timezone
from prometheus_client import Metric

from monitoring.metrics.families import Family
from monitoring.services.check_health import check_health
from trading.selectors.clock import clock_reports

CLOCK_AHEAD = Family("clock_ahead_seconds", "Its clock ahead of the database's", "program", "host")
FAULT = Family("fault", "A fault to mend: see the runbook", "code", "about")
UP = Family("dependency_up", "Whether it answers, or works", "dependency")


def read_health(now: datetime) -> Iterator[Metric]:
    health = check_health(clock=timezone.now)
    yield CLOCK_AHEAD.of(((each.program, each.host), each.ahead.total_seconds()) for each in clock_reports())
    yield FAULT.of(((fault.code, fault.about), 1) for fault in health.faults)
    yield UP.of(((each.name,), each.healthy) for each in health.dependencies)
