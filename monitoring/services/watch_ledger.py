from datetime import datetime, timedelta

import structlog
from django.conf import settings

from accounts.domain.moments import Clock
from accounts.steps.hold_alone import hold_alone
from monitoring.domain.figures import DISCREPANCIES
from monitoring.models import Figure
from monitoring.services.reconcile_ledger import reconcile_ledger

log = structlog.get_logger(__name__)

LOCK = 0x4C454447
"""The key of an advisory lock ("LEDG")."""

LINES_MAX = 20


def watch_ledger(*, clock: Clock) -> int | None:
    """Reconcile the ledger when RECONCILE_EVERY has passed since the last time, and keep the number of discrepancies.

    Returns that number; None when it isn't time, or when another worker reconciles. Each discrepancy is a line in the
    log, up to twenty.
    """
    if not _is_time(clock()):
        return None
    with hold_alone(LOCK) as is_alone:
        return _reconcile(clock) if is_alone else None


def _is_time(now: datetime) -> bool:
    every = timedelta(seconds=settings.RECONCILE_EVERY_SECONDS)
    return not Figure.objects.filter(name=DISCREPANCIES, found_at__gt=now - every).exists()


def _reconcile(clock: Clock) -> int:
    began = clock()  # the ledger is right as of this moment, not of the end
    faults = reconcile_ledger().faults
    for fault in faults[:LINES_MAX]:
        log.error("the ledger has a discrepancy", check=fault.check, subject=fault.subject, detail=fault.detail)
    Figure.objects.update_or_create(name=DISCREPANCIES, defaults={"value": len(faults), "found_at": began})
    return len(faults)
