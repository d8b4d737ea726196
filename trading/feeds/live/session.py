"""One venue, watched for ever: connects, listens, and connects again when the venue is silent or gone."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol

import structlog

from trading.domain.prices import Tick
from trading.domain.venues import ClockSkewMeter, MarketApart, VenueHealth, offset_by_call
from trading.feeds.live.backoff import Backoff
from trading.feeds.live.condition import Condition
from trading.feeds.live.exchange import Exchange, Top, Unreadable
from trading.feeds.live.party import Party
from trading.feeds.live.table import Line, Settings
from trading.feeds.live.watchdog import MARKET_SILENT_FACTOR, Silent, Watchdog

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
        self._chance = chance
        self._markets: Any = None

    def health(self) -> VenueHealth:
        """A copy of the condition, for other threads."""
        return self.condition.health(self.venue, self.clock_skew_meter, self._settings.mirror)

    async def run(self) -> None:
        """Watch the venue until the task is cancelled."""
        async with asyncio.TaskGroup() as self._parties:
            self._parties.create_task(self._watch(Party(list(self.lines), Backoff(self._chance))))

    async def _watch(self, party: Party) -> None:
        """Keep the markets of a party connected. One that fails alone is watched apart from then on."""
        while True:
            self._is("connecting", party)
            party.on_trial = party.watchdog = None
            try:
                await self._connection(party)
            except Exception as error:
                reason = _reason(error)
            if culprit := party.culprit():
                self._set_apart(party, culprit, reason)
            lasted = self._clock.now() - party.live_since if party.live_since else timedelta(0)
            wait = party.backoff.after_failure(lasted.total_seconds())
            self._lose(party, reason, wait)
            await self._clock.sleep(wait)

    def _lose(self, party: Party, reason: str, wait: float) -> None:
        if party.apart:
            (line,) = party.lines
            self.condition.apart[line.market] = MarketApart(line.instrument, line.market, reason)
            return
        self.condition.error = reason
        self._is("waiting", party)
        log.warning("venue lost", venue=self.venue, reason=reason, again_in_seconds=round(wait, 2))

    def _set_apart(self, party: Party, line: Line, reason: str) -> None:
        """Watch this market by a connection of its own, so that it costs the others nothing."""
        if unread := self.condition.unread.get(line.market):
            reason = f"{reason}; {unread}"[:ERROR_LENGTH_MAX]
        log.warning("market fails and is watched apart", venue=self.venue, market=line.market, reason=reason)
        party.lines.remove(line)
        self.condition.apart[line.market] = MarketApart(line.instrument, line.market, reason)
        self._parties.create_task(self._watch(Party([line], Backoff(self._chance), apart=True)))

    async def _connection(self, party: Party) -> None:
        """One connection, until an error ends it; raises that error."""
        async with Exchange(self.venue, self._settings) as exchange:
            async with asyncio.timeout(LOAD_TIMEOUT_SECONDS):
                self._markets = await exchange.load(self._markets)
            lines = self._listed(exchange, party)
            patience = self._settings.silent_after * (MARKET_SILENT_FACTOR if party.apart else 1)
            watchdog = Watchdog(self._clock.now(), patience)
            party.begin(watchdog)
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._guard(party))
                tasks.create_task(self._compare_clocks(exchange))
                for line in lines:
                    party.on_trial = line
                    watchdog.watch(line.market, self._clock.now())
                    party.listening[line.market] = tasks.create_task(self._listen(exchange, line, party))
                    await party.try_out(line, self._settings.silent_after)
                party.on_trial = None

    def _listed(self, exchange: Exchange, party: Party) -> list[Line]:
        listed = [line for line in party.lines if exchange.has_market(line.market)]
        missing = frozenset(line.market for line in self.lines if not exchange.has_market(line.market))
        if missing != self.condition.missing:
            log.error("the venue doesn't list these markets", venue=self.venue, markets=sorted(missing))
        self.condition.missing = missing
        if not listed:
            self._markets = None
            raise Unreadable(f"none of {', '.join(sorted(line.market for line in party.lines))} is listed")
        return listed

    async def _listen(self, exchange: Exchange, line: Line, party: Party) -> None:
        last: Top | None = None
        while True:
            try:
                top = await exchange.next_top(line.market)
            except Unreadable as error:
                self.condition.unreadable += 1
                self.condition.unread[line.market] = str(error)
                continue
            self.condition.unread.pop(line.market, None)
            if last is not None and not _follows(top, last):
                self.condition.repeated += 1
                continue
            last = top
            party.heard(line, self._clock.now())
            self._take(line, top, self._clock.now(), party)

    def _take(self, line: Line, top: Top, now: datetime, party: Party) -> None:
        if top.venue_at is not None:
            self.clock_skew_meter.measure(now - top.venue_at, now)
        self._show_live(line, party)
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

    def _show_live(self, line: Line, party: Party) -> None:
        if party.apart:
            if self.condition.apart[line.market].error is not None:
                self.condition.apart[line.market] = MarketApart(line.instrument, line.market, None)
                log.info("market live, apart from the others", venue=self.venue, market=line.market)
        elif self.condition.state != "live":
            self._is("live", party)
            self.condition.connections += 1
            log.info("venue live", venue=self.venue)

    async def _guard(self, party: Party) -> None:
        while party.watchdog is not None:
            await self._clock.sleep(LOOK_EVERY_SECONDS)
            party.watchdog.check(self._clock.now())
            for market, silent in party.watchdog.lost(self._clock.now()).items():
                line = next(line for line in party.lines if line.market == market)
                if len(party.lines) == 1:
                    raise silent
                party.listening[market].cancel()
                self._set_apart(party, line, str(silent))

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

    def _is(self, state: str, party: Party) -> None:
        """The state of the venue is that of the connection that most of its markets share."""
        if not party.apart:
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
