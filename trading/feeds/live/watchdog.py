"""Finds silent connections by the clock: an open connection without messages is worse than a closed one."""

from collections.abc import Iterable
from datetime import datetime, timedelta

FIRST_WORD_WITHIN = timedelta(seconds=15)
"""The time that a new connection has for its first tick: some venues send a whole book first."""

MARKET_SILENT_FACTOR = 20
"""One market may be quiet this many times longer than the whole venue: after that its subscription counts as lost."""


class Silent(Exception):
    """The venue, or a market, was silent for too long."""


class Watchdog:
    """Remembers the time of the last tick of a venue and of each of its markets. It reads no clock."""

    def __init__(self, begun_at: datetime, silent_after: timedelta, markets: Iterable[str]) -> None:
        self._silent_after = silent_after
        self._market_silent_after = silent_after * MARKET_SILENT_FACTOR
        self._venue: datetime | None = None
        self._begun_at = begun_at
        self._markets = dict.fromkeys(markets, begun_at)

    def heard(self, market: str, at: datetime) -> None:
        """Note a tick of this market."""
        self._venue = self._markets[market] = at

    def check(self, now: datetime) -> None:
        """Raises Silent when it is time to connect again."""
        if self._venue is None:
            if now - self._begun_at > FIRST_WORD_WITHIN:
                raise Silent(f"no tick within {FIRST_WORD_WITHIN.total_seconds():g} s of connecting")
            return
        if now - self._venue > self._silent_after:
            raise Silent(f"silent for {(now - self._venue).total_seconds():.1f} s")
        for market, heard_at in self._markets.items():
            if now - heard_at > self._market_silent_after:
                raise Silent(f"{market} silent for {(now - heard_at).total_seconds():.0f} s")
