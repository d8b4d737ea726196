"""The alerts in the words of the back office."""

from collections.abc import Mapping

from django.utils import timezone
from django.utils.translation import gettext

from accounts.domain.errors import mark
from monitoring.domain.faults import Fault, FaultCode
from monitoring.services.check_health import recent_health

SUBJECT_LENGTH_MAX = 120

WORDS: Mapping[FaultCode, str] = {
    FaultCode.DATABASE_DOWN: mark("The database doesn't answer"),
    FaultCode.REDIS_DOWN: mark("The cache doesn't answer"),
    FaultCode.BROKER_DOWN: mark("The queue doesn't answer: no trade settles"),
    FaultCode.MIGRATIONS_MISSING: mark("The database was not upgraded"),
    FaultCode.MIGRATIONS_UNKNOWN: mark("A newer version has upgraded the database"),
    FaultCode.SETTLER_SILENT: mark("Nobody settles trades"),
    FaultCode.WORKER_SILENT: mark("Nobody does the everyday tasks"),
    FaultCode.BEAT_SILENT: mark("Nobody starts the regular tasks"),
    FaultCode.TRADES_OVERDUE: mark("Trades are overdue"),
    FaultCode.INDEX_STALE: mark("No fresh price"),
    FaultCode.DISK_LOW: mark("A disk is nearly full"),
    FaultCode.BACKUP_OLD: mark("There should be a newer backup"),
    FaultCode.BACKUP_FAILED: mark("The last backup failed"),
    FaultCode.BACKUP_COPY_FAILED: mark("The last backup isn't at the other place"),
    FaultCode.CLOCK_AHEAD: mark("A clock is ahead"),
    FaultCode.CLOCK_BEHIND: mark("A clock is behind"),
    FaultCode.PRICE_AHEAD: mark("A price lies in the future"),
    FaultCode.MARKET_LOST: mark("A venue has no quotes for a market"),
    FaultCode.READS_BLOCKED: mark("A table is locked"),
    FaultCode.WAL_ARCHIVE_FAILING: mark("The database can't archive its log"),
    FaultCode.SIGNING_UNAVAILABLE: mark("A server can't open the signing key: it refuses orders"),
    FaultCode.RESTORE_UNVERIFIED: mark("No backup was tried for a week"),
}


def alerts_now() -> dict[str, Fault]:
    """The faults of the moment, by the subject that names each as a piece of work."""
    faults = recent_health(clock=timezone.now).faults
    return {f"alert:{fault.code}:{fault.about}"[:SUBJECT_LENGTH_MAX]: fault for fault in faults}


def words(fault: Fault) -> str:
    """The fault as a sentence in the reader's language, with its place."""
    return ": ".join((gettext(WORDS[fault.code]), fault.about))
