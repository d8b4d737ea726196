"""The faults that an operator has to mend, each with the code of its alert: see docs/runbook.md."""

from dataclasses import dataclass
from enum import StrEnum


class FaultCode(StrEnum):
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

    RESTORE_UNVERIFIED = "restore-unverified"
    """No backup was restored on trial, and found right, for more than a week."""


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault and its place: a program and its host, or an instrument."""

    code: FaultCode
    about: str
