"""The faults that an operator has to mend, each with the code of its alert: see docs/runbook.md."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from accounts.domain.errors import mark


class FaultCode(StrEnum):
    DATABASE_DOWN = "database-down"
    """PostgreSQL doesn't answer."""

    REDIS_DOWN = "redis-down"
    """Redis doesn't answer for the cache: streams send no news, limits of requests don't count."""

    BROKER_DOWN = "broker-down"
    """Redis doesn't answer for the queue: no task runs, so no trade settles."""

    MIGRATIONS_MISSING = "migrations-missing"
    """The database lacks migrations of this program: it was not upgraded."""

    MIGRATIONS_UNKNOWN = "migrations-unknown"
    """The database has migrations that this program lacks: a newer version upgraded it."""

    SETTLER_SILENT = "settler-silent"
    """No worker takes tasks from the queue `settlement`."""

    WORKER_SILENT = "worker-silent"
    """No worker takes tasks from the queue `celery`."""

    BEAT_SILENT = "beat-silent"
    """The beat sends no tasks. Then nothing shows whether the workers live."""

    TRADES_OVERDUE = "trades-overdue"
    """Trades are more than 10 seconds past their expiry and not settled."""

    INDEX_STALE = "index-stale"
    """An instrument that people may trade has no fresh index price."""

    DISK_LOW = "disk-low"
    """A file system is nearly full."""

    BACKUP_OLD = "backup-old"
    """There should be a newer backup by now."""

    BACKUP_FAILED = "backup-failed"
    """The last run made no backup. The earlier ones are untouched."""

    BACKUP_COPY_FAILED = "backup-copy-failed"
    """The last backup is good, but not at the other place."""

    CLOCK_AHEAD = "clock-ahead"
    """A machine's clock is ahead of the database's."""

    CLOCK_BEHIND = "clock-behind"
    """A machine's clock is behind the database's."""

    PRICE_AHEAD = "price-ahead"
    """The newest price of an instrument lies in the future: its age is below zero."""

    MARKET_LOST = "market-lost"
    """A venue doesn't list a market of the venue table, or gives no quotes for it."""

    READS_BLOCKED = "reads-blocked"
    """The database answers, but not for this table: a lock on it is held for long."""

    WAL_ARCHIVE_FAILING = "wal-archive-failing"
    """PostgreSQL can't archive its log: no recovery beyond the last archived piece, and its disk fills up."""

    SIGNING_UNAVAILABLE = "signing-unavailable"
    """A server can't open the signing key with its ENCRYPTION_KEYS, so it refuses all orders."""

    RESTORE_UNVERIFIED = "restore-unverified"
    """No backup was restored on trial, and found right, for more than a week."""


FIXES: Mapping[FaultCode, str] = {
    FaultCode.DATABASE_DOWN: mark("start PostgreSQL, or see its log; DATABASE_URL names it"),
    FaultCode.REDIS_DOWN: mark("start Redis, or see its log; REDIS_URL names it. Nothing has to be restored"),
    FaultCode.BROKER_DOWN: mark("start Redis, or see its log; the sweep then settles all due trades"),
    FaultCode.MIGRATIONS_MISSING: mark("run `manage.py migrate` as the owner, then restart this process"),
    FaultCode.MIGRATIONS_UNKNOWN: mark("upgrade this process to the version that migrated the database"),
    FaultCode.SETTLER_SILENT: mark("start `celery -A cryptotrader worker --queues settlement`, or read its log"),
    FaultCode.WORKER_SILENT: mark("start `celery -A cryptotrader worker --queues celery`, or read its log"),
    FaultCode.BEAT_SILENT: mark("start `celery -A cryptotrader beat`, one in all, or read its log"),
    FaultCode.TRADES_OVERDUE: mark("read the settler's log; run `manage.py settle_due_trades` as the settler"),
    FaultCode.INDEX_STALE: mark("start `manage.py run_feed`, or read its log; see also the venues in /admin/"),
    FaultCode.DISK_LOW: mark("free space or enlarge it: old logs, old backups, `manage.py prune_prices`"),
    FaultCode.BACKUP_OLD: mark("start `celery -A cryptotrader worker --queues backup`, or run `manage.py backup`"),
    FaultCode.BACKUP_FAILED: mark("read the reason in /admin/ (backups), mend it, then run `manage.py backup`"),
    FaultCode.BACKUP_COPY_FAILED: mark("read the reason in /admin/ (backups); the next run copies what is missing"),
    FaultCode.CLOCK_AHEAD: mark("set the clock of that machine (NTP); if all seem wrong, the database's"),
    FaultCode.CLOCK_BEHIND: mark("set the clock of that machine (NTP); if all seem wrong, the database's"),
    FaultCode.PRICE_AHEAD: mark("compare the clocks of the feed, of this machine and of the database"),
    FaultCode.MARKET_LOST: mark("read the reason in /admin/ (venues); take an ended market out of the venue table"),
    FaultCode.READS_BLOCKED: mark("run `manage.py database_stats`: it names the holder of the lock"),
    FaultCode.WAL_ARCHIVE_FAILING: mark(
        "read PostgreSQL's log: the archive's disk is full, or PostgreSQL can't write there"
    ),
    FaultCode.SIGNING_UNAVAILABLE: mark(
        "give all servers the lost ENCRYPTION_KEYS and restart them, or run `manage.py rotate_keys`"
    ),
    FaultCode.RESTORE_UNVERIFIED: mark("run `manage.py verify_backup` as the owner, or read the backup worker's log"),
}
"""The first thing to do, in one line, marked for translation; docs/runbook.md has the rest."""

DOWN = frozenset({FaultCode.DATABASE_DOWN, FaultCode.REDIS_DOWN, FaultCode.BROKER_DOWN})
"""The faults that tell of a dependency which doesn't answer."""


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault and its place: a program and its host, an instrument, a table or a file system."""

    code: FaultCode
    about: str

    @property
    def fix(self) -> str:
        """The first thing to do about it."""
        return FIXES[self.code]
