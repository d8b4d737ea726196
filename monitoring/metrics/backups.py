"""The gauges of backups."""

from collections.abc import Iterator
from datetime import datetime

from django.conf import settings
from prometheus_client import Metric

from monitoring.metrics.families import Family
from monitoring.selectors.backups import backup_state

AGE = Family("backup_age_seconds", "Since the beginning of the last good backup")
SIZE = Family("backup_size_bytes", "The size of the last good backup")
DURATION = Family("backup_duration_seconds", "The time that the last good backup took")
RUNNING = Family("backup_running", "Whether a backup is being made")
FAILED = Family("backup_failed", "Whether the last run made no backup")
OFF_HOST_AGE = Family("backup_off_host_age_seconds", "Since the beginning of the last backup that was copied elsewhere")


def read_backups(now: datetime) -> Iterator[Metric]:
    """Without a backup, or without a copy, there is no age."""
    state = backup_state(now)
    yield RUNNING.single(state.running is not None)
    yield FAILED.single(state.has_failed)
    good = state.last_good
    if good and good.ended_at:
        yield AGE.single((now - good.started_at).total_seconds())
        yield SIZE.single(good.bytes_written)
        yield DURATION.single((good.ended_at - good.started_at).total_seconds())
    if state.last_copied and settings.BACKUP_COPY_TO:
        yield OFF_HOST_AGE.single((now - state.last_copied.started_at).total_seconds())
