"""The live feed: listens to all venues in its own thread; the publisher pulls it like any other source."""

import asyncio
import math
import random
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from threading import Event, Lock, Thread
from types import TracebackType
from typing import Self

import structlog

from trading.domain.prices import Source, Tick
from trading.domain.venues import VenueHealth
from trading.feeds.live.session import Session
from trading.feeds.live.table import VenueTable

log = structlog.get_logger(__name__)

KEPT_SECONDS = 5
"""Ticks that nobody fetched are dropped after this time: older ones are stale for every index."""


class _RealClock:
    def now(self) -> datetime:
        return datetime.now(UTC)

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


class Inbox:
    """Passes ticks from the listening thread to the asking one: each venue's newest tick of each second.

    Earlier ticks of the same second could never be the newest at a whole second, so they aren't kept.
    """

    def __init__(self) -> None:
        self._guard = Lock()
        self._ticks: dict[tuple[int, str, str], Tick] = {}

    def put(self, symbol: str, tick: Tick) -> None:
        """A tick counts from the first whole second at or after its receipt."""
        second = math.ceil(tick.received_at.timestamp())
        with self._guard:
            self._ticks[second, symbol, tick.venue] = tick
            if len(self._ticks) > 1000:
                self._ticks = {key: kept for key, kept in self._ticks.items() if key[0] > second - KEPT_SECONDS}

    def take(self, until: datetime) -> list[tuple[str, Tick]]:
        """Remove and return the ticks received by `until`, in order of receipt."""
        with self._guard:
            ready = [key for key, tick in self._ticks.items() if tick.received_at <= until]
            taken = [(key[1], self._ticks.pop(key)) for key in ready]
        return sorted(taken, key=lambda item: item[1].received_at)


class LiveFeed:
    """Ticks of real venues. Use it as a context manager: inside, its thread listens."""

    source = Source.LIVE

    def __init__(self, table: VenueTable, *, chance: Callable[[], float] = random.random) -> None:
        self._table = table
        self._inbox = Inbox()
        clock = _RealClock()
        self._sessions = [
            Session(
                venue,
                lines,
                settings=table.settings_of(venue),
                hear=self._inbox.put,
                clock=clock,
                chance=chance,
            )
            for venue, lines in table.by_venue().items()
        ]
        self._loop = asyncio.new_event_loop()
        self._thread = Thread(target=self._listen, name="venues", daemon=True)
        self._stop: asyncio.Event | None = None
        self._ready = Event()

    @property
    def instruments(self) -> frozenset[str]:
        return self._table.instruments

    @property
    def converting(self) -> frozenset[str]:
        return self._table.converting

    def venues_min(self, instrument_default: int) -> int:
        return instrument_default

    def drain(self, until: datetime) -> Iterable[tuple[str, Tick]]:
        """The newest tick of each venue and second, received by `until`."""
        return self._inbox.take(until)

    def health(self) -> list[VenueHealth]:
        """The state of each venue, as its own thread last saw it."""
        return [session.health() for session in self._sessions]

    def __enter__(self) -> Self:
        self._thread.start()
        self._ready.wait()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._stop is not None:
            self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(timeout=5)

    def _listen(self) -> None:
        self._loop.set_exception_handler(_say)
        # Closed, a runner has ended all tasks: those of the library too, with their connections.
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            runner.run(self._watch())

    async def _watch(self) -> None:
        self._stop = asyncio.Event()
        self._ready.set()
        tasks = [asyncio.create_task(session.run()) for session in self._sessions]
        await self._stop.wait()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _say(_: asyncio.AbstractEventLoop, context: dict[str, object]) -> None:
    """Log an error that a handler of the library dropped, mostly an invalid message: the watchdog reconnects."""
    if isinstance(context.get("exception"), asyncio.CancelledError):
        return  # the library asks a cancelled task for its result
    log.info(
        "a venue's message was not understood", error=str(context.get("exception") or context.get("message"))[:200]
    )
