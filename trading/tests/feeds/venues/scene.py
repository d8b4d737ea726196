"""Several venues, a live feed that listens to them and a publisher with the real record: in real time."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from threading import Event
from time import monotonic
from typing import Any

from django.utils import timezone

from accounts.tests.patience import PATIENCE_SECONDS
from trading.domain.venues import VenueHealth
from trading.feeds.instruments import feed_instruments
from trading.feeds.live.board import Board
from trading.feeds.live.feed import LiveFeed
from trading.feeds.live.table import parse_venue_table
from trading.feeds.publisher import Publisher
from trading.models import IndexPrice
from trading.services.prices.record_index_prices import record_index_prices
from trading.tests.feeds.venues.dialect import Quote
from trading.tests.feeds.venues.server import Town, Venue

SYMBOL, MARKET = "BTC-USDT", "BTC/USDT"
RATE = "USDT-USD"
DOLLARS = {"BTC/USD": Quote("29999.99", "30000.01"), "USDT/USD": Quote("0.4999", "0.5001")}


@dataclass
class Scene:
    """`publish` runs the publisher until a condition holds; the database has the published prices."""

    town: Town
    feed: LiveFeed
    settled: list[str] = field(default_factory=list)

    def publish(self, until: Callable[[], bool]) -> None:
        deadline = monotonic() + PATIENCE_SECONDS
        never = Event()

        def wait(seconds: float) -> bool:
            never.wait(min(seconds, 0.2))
            assert monotonic() < deadline, "it never came true"
            return until()

        Publisher(
            self.feed,
            instruments=feed_instruments,
            record=record_index_prices,
            settle=self.settled.append,
            offer=lambda symbol: None,
            clock=timezone.now,
            wait=wait,
            report=Board(self.feed),
        ).run()

    def publish_more(self, seconds: int = 2) -> list[IndexPrice]:
        """Publish this many more prices of BTC-USDT."""
        begin = prices()
        self.publish(lambda: len(prices()) >= len(begin) + seconds)
        return prices()[len(begin) :]

    def health(self, venue: str) -> VenueHealth:
        return next(health for health in self.feed.health() if health.venue == venue)

    def everyone_is_live(self) -> bool:
        return all(venue.state == "live" for venue in self.feed.health())


@contextmanager
def scene(*venues: str, price: str = "60000", dollars: Sequence[str] = (), silent_seconds: int = 60) -> Iterator[Scene]:
    """Venues with BTC/USDT at this price, and a feed that has heard them already.

    Those of `dollars` have BTC/USD at 30000 instead, and USDT/USD at half a dollar.
    """
    town = Town([Venue(name, {MARKET: Quote("0", "0")}) for name in venues])
    for venue in town.venues.values():
        venue.set(price)
        venue.silent_seconds = silent_seconds
    town.venues |= {name: Venue(name, dict(DOLLARS)) for name in dollars}
    with town.served():
        content: dict[str, Any] = {
            "instruments": {SYMBOL: dict.fromkeys(venues, MARKET)},
            "venues": {venue.name: venue.settings for venue in town.venues.values()},
        }
        if dollars:
            content["instruments"][SYMBOL] |= {name: {"market": "BTC/USD", "conversion": RATE} for name in dollars}
            content["instruments"][RATE] = dict.fromkeys(dollars, "USDT/USD")
        with LiveFeed(parse_venue_table(content)) as feed:
            here = Scene(town, feed)
            eventually(here.everyone_is_live)
            yield here


def eventually(condition: Callable[[], bool]) -> None:
    """Wait until other threads have made the condition true."""
    deadline, never = monotonic() + PATIENCE_SECONDS, Event()
    while not condition():
        assert monotonic() < deadline, "it never came true"
        never.wait(0.02)


def prices(symbol: str = SYMBOL) -> list[IndexPrice]:
    return list(IndexPrice.objects.filter(instrument__symbol=symbol).order_by("sequence"))


def out(price: IndexPrice) -> dict[str, str]:
    """The venues that were heard but didn't count, with the reasons."""
    return {entry["venue"]: entry["out"] for entry in price.venues if "out" in entry}


def heard(price: IndexPrice) -> set[str]:
    return {entry["venue"] for entry in price.venues}


def is_quoted(venue: str, price: str) -> bool:
    """Whether the newest price knows of this quote: it comes late on a busy machine."""
    bids = [Decimal(entry["bid"]) for entry in prices()[-1].venues if entry["venue"] == venue]
    return bids == [Decimal(price) - Decimal("0.01")]
