"""Gauges of people."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from prometheus_client import Metric

from monitoring.domain.figures import ACTIVE_WINDOWS, active_people
from monitoring.metrics.families import Family
from monitoring.selectors.figures import figures

ACTIVE = Family("people_active", "People who used the platform within the window", "window")

STALE_AFTER = timedelta(minutes=30)
"""A count that is older says nothing about the present."""


def read_people(now: datetime) -> Iterator[Metric]:
    found = figures([active_people(window) for window in ACTIVE_WINDOWS])
    fresh = {name: figure.value for name, figure in found.items() if now - figure.found_at < STALE_AFTER}
    named = {window: active_people(window) for window in ACTIVE_WINDOWS}
    yield ACTIVE.of(((window,), fresh[name]) for window, name in named.items() if name in fresh)
