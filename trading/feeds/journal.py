"""The log of a feed: a line for each change, and one a minute; never one a second."""

from collections.abc import Iterable
from datetime import datetime, timedelta

import structlog

log = structlog.get_logger(__name__)

REPORT_EVERY = timedelta(minutes=1)


class Journal:
    """Remembers the last lines. The caller passes all times."""

    def __init__(self) -> None:
        self._counts: dict[str, int] = {}
        self._since: datetime | None = None
        self._priced: dict[str, bool] = {}
        self._held: dict[str, bool] = {}
        self._database_lost = False
        self._refused = 0
        self._resigned = False

    def prices(self, at: datetime, published: Iterable[str], missing: Iterable[str]) -> None:
        """Log the results of a second: a line for each instrument whose prices stop or start again."""
        if self._refused:
            log.info("the record takes this process's seconds again", refused=self._refused)
        self._refused, self._resigned = 0, False
        for symbol in published:
            self._count("published")
            if not self._priced.get(symbol, False):
                log.info("index prices begin", instrument=symbol, at=at.isoformat())
            self._priced[symbol] = True
        for symbol in missing:
            self._count("missing")
            if self._priced.get(symbol, True):
                log.warning("no index price: too few fresh venues", instrument=symbol, at=at.isoformat())
            self._priced[symbol] = False

    def locks(self, held: Iterable[str], wanted: Iterable[str]) -> None:
        """Log who publishes: this process, or another process that this one waits for."""
        mine = set(held)
        for symbol in sorted(wanted):
            before, now = self._held.get(symbol), symbol in mine
            if now and not before:
                log.info("publishing here", instrument=symbol)
            elif not now and before is not False:
                log.info("another process publishes this instrument; waiting to take over", instrument=symbol)
            self._held[symbol] = now

    def skipped(self, seconds: int, *, since: datetime) -> None:
        """Log the seconds that this process couldn't record in time. They stay without a price."""
        self._count("skipped", seconds)
        if not self._database_lost:
            log.warning("late: these seconds get no price", seconds=seconds, since=since.isoformat())

    def refused(self, at: datetime, reason: Exception) -> None:
        """Log the first refusal in a row: the second is there already, a clock disagrees, or a right is missing."""
        self._count("refused")
        if not self._refused:
            log.warning("the record refused a second", at=at.isoformat(), reason=str(reason).partition("\n")[0])
        self._refused += 1

    def resigned(self, at: datetime) -> None:
        """Log it once that this process gives up its locks, until it records a second again."""
        if not self._resigned:
            log.error("no second can be recorded here: another process may publish", at=at.isoformat())
        self._resigned = True
        self._held.clear()

    def database_lost(self, error: Exception) -> None:
        """Log it once until the database is back."""
        if not self._database_lost:
            log.error("database lost: nothing is published until it is back", error=str(error).partition("\n")[0])
        self._database_lost = True
        self._held.clear()

    def database_answers(self) -> None:
        """Log the return after `database_lost`."""
        if self._database_lost:
            log.info("database is back")
        self._database_lost = False

    def report(self, at: datetime) -> None:
        """Once a minute, log the counts since the last report."""
        if self._since is None:
            self._since = at
        elif at - self._since >= REPORT_EVERY:
            log.info("feed", since=self._since.isoformat(), **self._counts)
            self._counts, self._since = {}, at

    def _count(self, what: str, number: int = 1) -> None:
        self._counts[what] = self._counts.get(what, 0) + number
