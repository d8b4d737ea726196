"""Whether the data could be saved: the archive of the log, and the last backup that was restored on trial."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection

from monitoring.domain.backups.runs import State
from monitoring.domain.faults import Fault, FaultCode
from monitoring.domain.recovery import drill_is_due
from monitoring.models import BackupRun, RestoreDrill

UNVERIFIED_AFTER = timedelta(days=8)
"""A drill each week, and a day to mend what kept it from running."""

ARCHIVER = """
    SELECT current_setting('archive_mode') <> 'off', last_archived_time,
        coalesce(last_failed_time > coalesce(last_archived_time, '-infinity'), false)
    FROM pg_stat_archiver
"""


@dataclass(frozen=True, slots=True)
class Recovery:
    """The state of the archive and of the drills; None for a time that has not come yet."""

    archives: bool
    archived_at: datetime | None
    archive_failing: bool
    """Whether the last attempt to archive a piece of the log failed."""

    verified_at: datetime | None
    """The start of the last drill that found its backup right."""

    seconds: float | None
    """Its whole restore (RTO)."""

    at_risk: timedelta | None
    """The work that a loss of the server at that moment would have cost (RPO)."""


def recovery_now() -> Recovery:
    """Reads the archiver's statistics and the last good drill."""
    with connection.cursor() as cursor:
        cursor.execute(ARCHIVER)
        archives, archived_at, failing = cursor.fetchone()
    drill = RestoreDrill.objects.filter(failure="").order_by("-id").first()
    at_risk = drill.started_at - drill.recoverable_at if drill and drill.recoverable_at else None
    return Recovery(
        archives=archives,
        archived_at=archived_at if archives else None,
        archive_failing=archives and failing,
        verified_at=drill.started_at if drill else None,
        seconds=drill.seconds if drill else None,
        at_risk=max(at_risk, timedelta(0)) if at_risk is not None else None,
    )


def recovery_faults(now: datetime) -> list[Fault]:
    """An archive that fails; backups of which none was restored on trial within eight days."""
    state, found = recovery_now(), []
    if state.archive_failing:
        found.append(Fault(FaultCode.WAL_ARCHIVE_FAILING, "postgresql"))
    first = BackupRun.objects.filter(state=State.DONE).order_by("started_at").first()
    if first and now - (state.verified_at or first.started_at) > UNVERIFIED_AFTER:
        found.append(Fault(FaultCode.RESTORE_UNVERIFIED, "backups"))
    return found


def backup_wants_a_drill(now: datetime) -> bool:
    """Whether there is a backup, and none was restored on trial for a week."""
    last = RestoreDrill.objects.order_by("-id").first()
    is_due = drill_is_due(now, last=last.started_at if last else None, was_good=bool(last and not last.failure))
    return is_due and BackupRun.objects.filter(state=State.DONE, removed_at=None).exists()
