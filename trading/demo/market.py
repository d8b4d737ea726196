"""The simulated feed's past: the ticks of the seconds that a plan wants."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from trading.domain.prices import Source, Tick
from trading.domain.reading import Reading
from trading.feeds.simulated import SimulatedFeed
from trading.feeds.source import FeedInstrument

LOOK_BACK = timedelta(seconds=0.75)
"""A venue that isn't silent says something in nearly each such time; older ticks aren't computed."""


def readings(
    instrument: FeedInstrument, seconds: Sequence[datetime], *, seed: str
) -> Iterator[tuple[datetime, Reading]]:
    """Yields each second with the newest tick of each venue, as the running feed would have seen them."""
    feed = SimulatedFeed([instrument], seed=seed)
    newest: dict[str, Tick] = {}
    for at in seconds:
        feed.skip_to(at - LOOK_BACK)
        newest |= {tick.venue: tick for _, tick in feed.drain(at)}
        yield at, Reading(instrument.symbol, Source.SIMULATED, tuple(newest.values()), instrument.venues_min)
