"""One market that a venue refuses, forgets or quotes on one side costs this venue's other markets nothing."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal
from itertools import cycle

import pytest
from django.core.cache import cache
from django.utils import timezone
from structlog.testing import capture_logs

from trading.domain.prices import Tick
from trading.feeds.live import watchdog
from trading.feeds.live.board import Board
from trading.feeds.live.feed import LiveFeed
from trading.feeds.live.table import parse_venue_table
from trading.models import Instrument
from trading.selectors.venues import venue_report
from trading.tests.feeds.venues.dialect import Quote
from trading.tests.feeds.venues.dialects import DIALECTS
from trading.tests.feeds.venues.scene import eventually
from trading.tests.feeds.venues.server import Town, Venue

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.long]

GOOD, BAD, OTHER = "BTC/USDT", "ETH/USDT", "XRP/USDT"


@contextmanager
def town(first: str, **quotes: str) -> Iterator[tuple[Town, LiveFeed]]:
    """All venues with three markets; the table names `first` first."""
    markets = {market: Quote("100", "101") for market in (GOOD, BAD, OTHER)}
    venues = [Venue(name, dict(markets), silent_seconds=2) for name in DIALECTS]
    here = Town(venues)
    order = [first, *(market for market in markets if market != first)]
    with here.served():
        content = {
            "instruments": {market.replace("/", "-"): dict.fromkeys(DIALECTS, market) for market in order},
            "venues": {venue.name: venue.settings for venue in venues},
        }
        yield here, LiveFeed(parse_venue_table(content))


class Ear:
    """Hears a feed, and remembers the longest gap of each venue's market in seconds."""

    def __init__(self, feed: LiveFeed) -> None:
        self.feed = feed
        self.last: dict[tuple[str, str], Tick] = {}
        self.gaps: dict[tuple[str, str], float] = {}

    def listen(self) -> None:
        for symbol, tick in self.feed.drain(timezone.now()):
            key = tick.venue, symbol
            if key in self.last:
                gap = (tick.received_at - self.last[key].received_at).total_seconds()
                self.gaps[key] = max(gap, self.gaps.get(key, 0))
            self.last[key] = tick

    def heard(self, market: str) -> bool:
        """Whether all venues are heard in this market."""
        self.listen()
        return {venue for venue, symbol in self.last if symbol == market.replace("/", "-")} == set(DIALECTS)

    def forget(self) -> None:
        self.listen()
        self.last.clear()
        self.gaps.clear()


def apart(feed: LiveFeed) -> dict[str, dict[str, str | None]]:
    return {venue.venue: {item.market: item.error for item in venue.apart} for venue in feed.health()}


def has_cost_no_connection(here: Town, feed: LiveFeed) -> bool:
    """Whether all venues that say so refuse the market once more, and none of them was connected anew meanwhile."""
    loud = [venue for venue in here.venues.values() if venue.refused[BAD] != "silence"]
    refusals = {venue.name: venue.refusals for venue in loud}
    connections = {health.venue: health.connections for health in feed.health()}
    eventually(lambda: all(venue.refusals > refusals[venue.name] for venue in loud))
    return {health.venue: health.connections for health in feed.health()} == connections


@pytest.mark.parametrize(
    ("ways", "first"),
    [(["error"], GOOD), (["error"], BAD), (["drop", "silence"], BAD)],
    ids=["errors", "errors to the first", "ends and silences"],
)
def test_a_market_that_the_stream_refuses(monkeypatch: pytest.MonkeyPatch, ways: list[str], first: str) -> None:
    monkeypatch.setattr(watchdog, "MARKET_SILENT_FACTOR", 2)
    monkeypatch.setattr(watchdog, "FIRST_WORD_WITHIN", timedelta(seconds=5))
    with town(first) as (here, feed):
        for venue, way in zip(here.venues.values(), cycle(ways), strict=False):
            venue.refused[BAD] = way
        with feed:
            ear = Ear(feed)
            eventually(lambda: ear.heard(GOOD) and ear.heard(OTHER))
            eventually(lambda: all(BAD in markets for markets in apart(feed).values()))
            eventually(lambda: all(venue.state == "live" for venue in feed.health()))
            told = apart(feed)
            assert all(markets[BAD] for markets in told.values()), told
            assert all(set(markets) == {BAD} for markets in told.values()), told

            # It is tried again and again, and the others don't notice. Of a pause of a busy machine they do.
            ear.forget()
            eventually(lambda: has_cost_no_connection(here, feed))
            eventually(lambda: ear.heard(GOOD) and ear.heard(OTHER))
            if first == BAD:
                return
            for venue in here.venues.values():
                del venue.refused[BAD]
            eventually(lambda: ear.heard(BAD))
            assert {error for markets in apart(feed).values() for error in markets.values()} == {None}


def test_a_market_with_one_empty_side(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watchdog, "MARKET_SILENT_FACTOR", 2)
    Instrument.objects.create(symbol="BTC-USDT", pip=Decimal("0.01"), durations=[15], venues_min=3)
    cache.clear()
    with town(GOOD) as (here, feed), capture_logs() as logs:
        for venue in here.venues.values():
            venue.quotes[BAD] = Quote("0", "101")
        with feed:
            ear = Ear(feed)
            eventually(lambda: all(BAD in markets for markets in apart(feed).values()))
            eventually(lambda: ear.heard(GOOD) and ear.heard(OTHER))
            # Only a busy machine, whose venue falls silent as a whole, makes another connection.
            assert all(health.connections == 1 or (health.error or "").startswith("silent") for health in feed.health())
            eventually(lambda: all(health.state == "live" for health in feed.health()))
            Board(feed)(timezone.now(), True)
            report = venue_report()
    assert report is not None
    told = {(venue["venue"], item["market"], item["live"]) for venue in report.venues for item in venue["apart"]}
    assert {each for each in told if each[1] == BAD} == {(venue, BAD, False) for venue in DIALECTS}
    # On a busy machine another market may be late and be watched apart too; it goes on.
    assert all(live for _, market, live in told if market != BAD)
    lines = [log for log in logs if log["event"] == "market fails and is watched apart" and log["market"] == BAD]
    assert {log["venue"] for log in lines} == set(DIALECTS)
    assert all("not a price" in log["reason"] or "empty" in log["reason"] for log in lines), lines
    assert len(lines) == len(DIALECTS)
