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

    def __init__(self, begun_at: datetime, silent_after: timedelta, markets: Iterable[str] = ()) -> None:
        self._silent_after = silent_after
        self._market_silent_after = silent_after * MARKET_SILENT_FACTOR
        self._venue: datetime | None = None
        self._begun_at = begun_at
        self._markets = dict.fromkeys(markets, begun_at)
        self._spoken: set[str] = set()

    @property
    def spoken(self) -> frozenset[str]:
        """The markets of which a tick has come."""
        return frozenset(self._spoken)

    def watch(self, market: str, since: datetime) -> None:
        """Watch one more market, asked for just now."""
        self._markets[market] = since

    def heard(self, market: str, at: datetime) -> None:
        """Note a tick of this market."""
        self._venue = self._markets[market] = at
        self._spoken.add(market)

    def check(self, now: datetime) -> None:
        """Raises Silent when it is time to connect to the venue again."""
        if self._venue is None:
            if now - self._begun_at > FIRST_WORD_WITHIN:
                raise Silent(f"no tick within {FIRST_WORD_WITHIN.total_seconds():g} s of connecting")
            return
        if now - self._venue > self._silent_after:
            raise Silent(f"silent for {(now - self._venue).total_seconds():.1f} s")

    def lost(self, now: datetime) -> dict[str, Silent]:
        """The markets that were silent for too long while others weren't, each once."""
        if self._venue is None:
            return {}
        silent = {market: now - at for market, at in self._markets.items() if now - at > self._market_silent_after}
        for market in silent:
            del self._markets[market]
        return {market: Silent(f"{market} silent for {gap.total_seconds():.0f} s") for market, gap in silent.items()}
