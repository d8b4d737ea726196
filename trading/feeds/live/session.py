"""One venue, watched for ever: connects, listens, and connects again when the venue is silent or gone."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol

import structlog

from trading.domain.prices import Tick
from trading.domain.venues import ClockSkewMeter, VenueHealth, offset_by_call
from trading.feeds.live.backoff import Backoff
from trading.feeds.live.exchange import Exchange, Top, Unreadable
from trading.feeds.live.table import Line, Settings
from trading.feeds.live.watchdog import Silent, Watchdog

log = structlog.get_logger(__name__)

LOAD_TIMEOUT_SECONDS = 30
LOOK_EVERY_SECONDS = 0.25
CLOCK_EVERY_SECONDS = 10.0
CLOCK_AGE_MAX = timedelta(minutes=15)
"""For this long, a venue's last clock measurement stays valid: in that time no clock drifts by a tenth of a second."""

ERROR_LENGTH_MAX = 200


class Clock(Protocol):
    """The clock and the sleep, injected."""

    def now(self) -> datetime: ...

    def sleep(self, seconds: float) -> Awaitable[None]: ...


@dataclass(slots=True)
class Condition:
    """The state of a venue, while it is watched."""

    since: datetime
    state: str = "connecting"
    heard_at: datetime | None = None
    connections: int = 0
    unreadable: int = 0
    repeated: int = 0
    error: str | None = None
    missing: frozenset[str] = frozenset()
    heard: dict[str, datetime] = field(default_factory=dict)


class Session:
    """Keeps one venue connected and passes on each of its ticks, with its symbol."""

    def __init__(
        self,
        venue: str,
        lines: Sequence[Line],
        *,
        settings: Settings,
        hear: Callable[[str, Tick], None],
        clock: Clock,
        chance: Callable[[], float],
    ) -> None:
        self.venue = venue
        self.lines = tuple(lines)
        self.condition = Condition(clock.now())
        self.clock_skew_meter = ClockSkewMeter()
        self._settings = settings
        self._hear = hear
        self._clock = clock
        self._backoff = Backoff(chance)
        self._markets: Any = None

    def health(self) -> VenueHealth:
        """A copy of the condition, for other threads."""
        now = self.condition
        return VenueHealth(
            venue=self.venue,
            state=now.state,
            since=now.since,
            heard_at=now.heard_at,
            clock_skew=self.clock_skew_meter.clock_skew,
            connections=now.connections,
            unreadable=now.unreadable,
            repeated=now.repeated,
            error=now.error,
            mirror=self._settings.mirror,
            missing=tuple(sorted(now.missing)),
            heard=dict(now.heard),
        )

    async def run(self) -> None:
        """Watch the venue until the task is cancelled."""
        while True:
            self._is("connecting")
            try:
                await self._connection()
            except Exception as error:
                self.condition.error = _reason(error)
            wait = self._backoff.after_failure(self._live_for().total_seconds())
            self._is("waiting")
            log.warning("venue lost", venue=self.venue, reason=self.condition.error, again_in_seconds=round(wait, 2))
            await self._clock.sleep(wait)

    def _live_for(self) -> timedelta:
        return self._clock.now() - self.condition.since if self.condition.state == "live" else timedelta(0)

    async def _connection(self) -> None:
        """One connection, until an error ends it; raises that error."""
        async with Exchange(self.venue, self._settings) as exchange:
            async with asyncio.timeout(LOAD_TIMEOUT_SECONDS):
                self._markets = await exchange.load(self._markets)
            lines = self._listed(exchange)
            watchdog = Watchdog(self._clock.now(), self._settings.silent_after, [line.market for line in lines])
            async with asyncio.TaskGroup() as tasks:
                for line in lines:
                    tasks.create_task(self._listen(exchange, line, watchdog))
                tasks.create_task(self._guard(watchdog))
                tasks.create_task(self._compare_clocks(exchange))

    def _listed(self, exchange: Exchange) -> list[Line]:
        listed = [line for line in self.lines if exchange.has_market(line.market)]
        missing = frozenset(line.market for line in self.lines) - {line.market for line in listed}
        if missing != self.condition.missing:
            log.error("the venue doesn't list these markets", venue=self.venue, markets=sorted(missing))
        self.condition.missing = missing
        if not listed:
            self._markets = None
            raise Unreadable(f"none of {', '.join(sorted(missing))} is listed")
        return listed

    async def _listen(self, exchange: Exchange, line: Line, watchdog: Watchdog) -> None:
        last: Top | None = None
        while True:
            try:
                top = await exchange.next_top(line.market)
            except Unreadable:
                self.condition.unreadable += 1
                continue
            if last is not None and not _follows(top, last):
                self.condition.repeated += 1
                continue
            last = top
            watchdog.heard(line.market, self._clock.now())
            self._take(line, top, self._clock.now())

    def _take(self, line: Line, top: Top, now: datetime) -> None:
        if top.venue_at is not None:
            self.clock_skew_meter.measure(now - top.venue_at, now)
        if self.condition.state != "live":
            self._is("live")
            self.condition.connections += 1
            log.info("venue live", venue=self.venue)
        self.condition.heard_at = self.condition.heard[line.instrument] = now
        tick = Tick(
            venue=self.venue,
            bid=top.bid,
            ask=top.ask,
            venue_at=top.venue_at,
            received_at=now,
            conversion=line.conversion,
            skewed=not self.clock_skew_meter.is_bounded,
            mirror=self._settings.mirror,
        )
        self._hear(line.instrument, tick)

    async def _guard(self, watchdog: Watchdog) -> None:
        while True:
            await self._clock.sleep(LOOK_EVERY_SECONDS)
            watchdog.check(self._clock.now())

    async def _compare_clocks(self, exchange: Exchange) -> None:
        """Ask a venue for its time if its ticks don't tell it.

        A failure is harmless while the last answer is recent.
        """
        while not exchange.tells_time:
            try:
                await self._ask_time(exchange)
            except Exception as error:
                if not self.clock_skew_meter.is_known(self._clock.now(), CLOCK_AGE_MAX):
                    raise
                log.warning("venue does not tell its time", venue=self.venue, reason=_reason(error))
            await self._clock.sleep(CLOCK_EVERY_SECONDS)

    async def _ask_time(self, exchange: Exchange) -> None:
        asked_at = self._clock.now()
        told = await exchange.clock()
        if told is not None:
            answered_at = self._clock.now()
            self.clock_skew_meter.measure(
                offset_by_call(asked_at=asked_at, told=told, answered_at=answered_at), answered_at
            )

    def _is(self, state: str) -> None:
        self.condition.state, self.condition.since = state, self._clock.now()


def _follows(top: Top, last: Top) -> bool:
    """Whether the tick is news: neither a repetition nor older than the last one."""
    if top.order is None or last.order is None:
        return True
    return top.order >= last.order and top != last


def _reason(error: Exception) -> str:
    """The first line of the first error in a group: the reason why the connection ended."""
    while isinstance(error, ExceptionGroup):
        error = error.exceptions[0]
    text = str(error).strip().partition("\n")[0]
    return (text if isinstance(error, Silent) else f"{type(error).__name__}: {text}")[:ERROR_LENGTH_MAX]
