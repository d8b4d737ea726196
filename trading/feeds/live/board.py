"""Shows the venues' state to other processes: each second into the cache, where the API and metrics read it."""

from datetime import datetime, timedelta

import structlog

from trading.feeds.live.feed import LiveFeed
from trading.publish import keep_venue_report

log = structlog.get_logger(__name__)

UNREACHABLE_AFTER = timedelta(seconds=10)


class Board:
    """Called after each second. A standby process doesn't write to the cache, but it logs."""

    def __init__(self, feed: LiveFeed) -> None:
        self._feed = feed
        self._dark_since: datetime | None = None
        self._said = False

    def __call__(self, at: datetime, publishing: bool) -> None:
        health = self._feed.health()
        self._say(at, dark=all(venue.state != "live" for venue in health))
        if publishing:
            keep_venue_report(at, health)

    def _say(self, at: datetime, *, dark: bool) -> None:
        """Log one line when no venue has been reachable for a while, and one when the first is back."""
        if not dark:
            if self._said:
                log.info("venues can be reached again")
            self._dark_since, self._said = None, False
            return
        self._dark_since = self._dark_since or at
        if not self._said and at - self._dark_since >= UNREACHABLE_AFTER:
            log.error("no venue can be reached: nothing is published", since=self._dark_since.isoformat())
            self._said = True
