"""The feed's loop: at every whole UTC second, it passes the venues' ticks to the record."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from django.db import Error as DatabaseError

from accounts.tracing import traced
from trading.domain.prices import Tick
from trading.domain.reading import LATENESS_MAX, PriceRefused, Reading, Recorded
from trading.feeds.journal import Journal
from trading.feeds.lock import PublishingLock, own_connection
from trading.feeds.source import FeedInstrument, FeedSource
from trading.feeds.tenure import Tenure

SECOND = timedelta(seconds=1)

MARGIN = timedelta(milliseconds=20)
"""The time after a second at which it is priced, so that a tick received just before it has arrived here too."""

TRY_SECONDS = 0.25
"""So often a process that waits asks for the locks: one that is stopped then loses no second to the next one."""

COMPARE_EVERY = 5
"""The seconds from one comparison of clocks to the next: it writes to the cache, which may be slow."""


class Record(Protocol):
    """The service that decides, stores and publishes a second's prices. Raises PriceRefused."""

    def __call__(self, *, at: datetime, readings: Sequence[Reading], now: datetime) -> Recorded: ...


class Publisher:
    """Pulls a source every second and passes its ticks to the record, for the instruments whose lock it holds.

    It never passes a price, only ticks; a second that it can't serve in time has no price. `wait` sleeps for a number
    of seconds and returns whether to stop (like `threading.Event.wait`). `report` is called after each second, and
    hears whether this process publishes anything. `settle` is called with each symbol that has trades due, `offer` with
    each that has a new price; both return at once and don't raise (see Handoff). `compare` is called every few seconds,
    and compares our clock with the database's; it may raise django.db.Error.
    """

    def __init__(
        self,
        source: FeedSource,
        *,
        instruments: Callable[[], Iterable[FeedInstrument]],
        record: Record,
        settle: Callable[[str], None],
        offer: Callable[[str], None],
        clock: Callable[[], datetime],
        wait: Callable[[float], bool],
        report: Callable[[datetime, bool], None] = lambda at, publishing: None,
        compare: Callable[[], object] = lambda: None,
    ) -> None:
        self._source = source
        self._instruments = instruments
        self._record = record
        self._settle = settle
        self._offer = offer
        self._clock = clock
        self._wait = wait
        self._report = report
        self._compare = compare
        self._turns = 0
        self._lock = PublishingLock()
        self._journal = Journal()
        self._tenure = Tenure()
        self._mine: list[FeedInstrument] = []
        self._newest: defaultdict[str, dict[str, Tick]] = defaultdict(dict)

    def run(self) -> None:
        """Publish until told to stop; then finish the second under way and free the locks."""
        with own_connection():
            self._prepare()
            at = self._clock().replace(microsecond=0) + SECOND
            while not self._stopped_before(at + MARGIN):
                at = self._latest_in_time(at)
                self._publish_second(at)
                self._prepare()
                self._journal.report(at)
                self._report(at, bool(self._mine))
                at += SECOND

    def _stopped_before(self, moment: datetime) -> bool:
        while (remaining := (moment - self._clock()).total_seconds()) > 0:
            if self._wait(remaining if self._mine else min(remaining, TRY_SECONDS)):
                return True
            if not self._mine and remaining > TRY_SECONDS and not self._tenure.resigned:
                self._prepare(compares=False)
        return self._wait(0)

    def _latest_in_time(self, at: datetime) -> datetime:
        """This second, or the latest one, if this second is too long ago (the process was paused)."""
        now = self._clock()
        if now - at <= LATENESS_MAX:
            return at
        latest = now.replace(microsecond=0)
        self._journal.skipped((latest - at) // SECOND, since=at)
        return latest

    def _prepare(self, *, compares: bool = True) -> None:
        """Take the locks for the next second; a call a second also keeps the session that holds them."""
        if self._tenure.stands_aside(self._clock()):
            return
        try:
            wanted = [item for item in self._instruments() if item.symbol in self._source.instruments]
            held = self._take(wanted)
            if compares:
                self._turns += 1
                if self._turns % COMPARE_EVERY == 1:
                    self._compare()
        except DatabaseError as error:
            self._lose(error)
            return
        self._journal.database_answers()
        self._mine = [item for item in wanted if item.id in held]
        self._journal.locks((item.symbol for item in self._mine), (item.symbol for item in wanted))

    def _take(self, wanted: Sequence[FeedInstrument]) -> frozenset[int]:
        """Take the locks of conversions first, one by one in the same order in every process; then all others.

        A process without all of these doesn't take the others. So the process that publishes a rate also converts the
        quotes, and the two never race.
        """
        held: frozenset[int] = frozenset()
        for item in wanted:
            if item.symbol in self._source.converting:
                held |= self._lock.take([item.id])
                if item.id not in held:
                    return held
        return self._lock.take(item.id for item in wanted)

    @traced
    def _publish_second(self, at: datetime) -> None:
        for symbol, tick in self._source.drain(at):
            self._newest[symbol][tick.venue] = tick
        now = self._clock()
        if now - at > LATENESS_MAX:
            self._journal.skipped(1, since=at)
            self._fail(at)
            return
        if not self._mine or not self._lock.intact:
            return
        try:
            recorded = self._record(at=at, readings=[self._reading(item) for item in self._mine], now=now)
        except (DatabaseError, PriceRefused) as error:
            if self._lock.alive:
                self._journal.refused(at, error)
            else:
                self._lose(error)
            self._fail(at)
        else:
            self._tenure.worked()
            self._journal.prices(at, recorded.published, recorded.missing)
            self._hand_over(recorded)

    def _fail(self, at: datetime) -> None:
        """A leader that can't work must not keep the lock from those who can."""
        if self._mine and self._tenure.failed(at):
            self._journal.resigned(at)
            self._mine = []
            self._lock.drop()

    def _hand_over(self, recorded: Recorded) -> None:
        for symbol in recorded.due:
            self._settle(symbol)
        for symbol in recorded.published:
            self._offer(symbol)

    def _reading(self, item: FeedInstrument) -> Reading:
        return Reading(
            instrument=item.symbol,
            source=self._source.source,
            ticks=tuple(self._newest[item.symbol].values()),
            venues_min=self._source.venues_min(item.venues_min),
        )

    def _lose(self, error: Exception) -> None:
        self._journal.database_lost(error)
        self._mine = []
        self._lock.drop()
