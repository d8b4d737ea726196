"""Gauges of recovery: the archive of the log, and the last backup that was restored on trial."""

from collections.abc import Iterator
from datetime import datetime

from prometheus_client import Metric

from monitoring.metrics.families import Family
from monitoring.selectors.recovery import recovery_now

ARCHIVE_AGE = Family("wal_archive_age_seconds", "Since the last archived piece of the log")
ARCHIVE_FAILED = Family("wal_archive_failed", "Whether the last attempt to archive failed")
VERIFIED_AGE = Family("restore_verified_age_seconds", "Since the last backup that was restored on trial and right")
TOOK = Family("restore_rto_seconds", "The time that it took")
AT_RISK = Family("restore_rpo_seconds", "The work that a loss of the server would have cost then")


def read_recovery(now: datetime) -> Iterator[Metric]:
    """Nothing of an archive where none is kept, nor of drills before the first good one."""
    state = recovery_now()
    if state.archives:
        yield ARCHIVE_FAILED.single(state.archive_failing)
    if state.archived_at is not None:
        yield ARCHIVE_AGE.single((now - state.archived_at).total_seconds())
    if state.verified_at is not None and state.seconds is not None:
        yield VERIFIED_AGE.single((now - state.verified_at).total_seconds())
        yield TOOK.single(state.seconds)
    if state.at_risk is not None:
        yield AT_RISK.single(state.at_risk.total_seconds())
