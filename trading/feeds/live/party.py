"""Markets of a venue that share a connection, and the one among them that is to blame when it ends."""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from trading.feeds.live.backoff import Backoff
from trading.feeds.live.table import Line
from trading.feeds.live.watchdog import Watchdog

TRIAL_MORE_SECONDS = 1.0
"""A market has this much longer for its first tick than a venue may be silent, before the next market is asked for.

A refused market may strike the whole connection dumb. Then the silence ends the trial, and shows the one to blame.
"""


@dataclass(slots=True)
class Party:
    """The markets are asked for one after the other, so that the newest is to blame when the venue refuses one.

    Some venues answer a market that they refuse by an error to all, or by the end of the connection.
    """

    lines: list[Line]
    backoff: Backoff
    apart: bool = False
    """Whether it is a market that has failed among others and is now watched alone."""

    live_since: datetime | None = None
    watchdog: Watchdog | None = None
    on_trial: Line | None = None
    listening: dict[str, asyncio.Task[None]] = field(default_factory=dict)
    _first_ticks: dict[str, asyncio.Event] = field(default_factory=dict)

    def begin(self, watchdog: Watchdog) -> None:
        """A new connection begins."""
        self.watchdog, self.on_trial, self.live_since = watchdog, None, None
        self.listening, self._first_ticks = {}, {line.market: asyncio.Event() for line in self.lines}

    def heard(self, line: Line, at: datetime) -> None:
        """A tick of this line has come."""
        if self.watchdog is not None:
            self.watchdog.heard(line.market, at)
        self.live_since = self.live_since or at
        self._first_ticks[line.market].set()

    async def try_out(self, line: Line, silent_after: timedelta) -> None:
        """Wait for the first tick of this line, but not for long."""
        try:
            async with asyncio.timeout(silent_after.total_seconds() + TRIAL_MORE_SECONDS):
                await self._first_ticks[line.market].wait()
        except TimeoutError:
            pass  # a quiet market; the watchdog looks after it

    def culprit(self) -> Line | None:
        """The line that the connection has ended with: one that was asked for last, while others were heard.

        If none was heard, it may be the venue. Then another line is asked for first the next time.
        """
        spoken = self.watchdog.spoken if self.watchdog else frozenset()
        if not spoken:
            self.lines.append(self.lines.pop(0))
            return None
        return self.on_trial if self.on_trial and self.on_trial.market not in spoken else None
