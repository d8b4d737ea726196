"""Opens the live feed for the venue table and the instruments, or fails with one line that gives the reason."""

from collections.abc import Iterable
from pathlib import Path

from trading.feeds.live.feed import LiveFeed
from trading.feeds.live.table import BadVenueTable, VenueTable, read_venue_table
from trading.feeds.source import FeedInstrument


def live_feed(path: Path, instruments: Iterable[FeedInstrument]) -> LiveFeed:
    """A feed for the instruments that have venues in the table. Raises BadVenueTable."""
    known = {item.symbol: item for item in instruments}
    table = read_venue_table(path).of_instruments(frozenset(known))
    if not table.lines:
        raise BadVenueTable(f"{path} has venues for none of {', '.join(sorted(known))}")
    for symbol in sorted(table.instruments):
        _check(path, table, symbol, known.get(symbol))
    return LiveFeed(table)


def _check(path: Path, table: VenueTable, symbol: str, item: FeedInstrument | None) -> None:
    if item is None:
        raise BadVenueTable(f"{path}: {symbol} converts others, and there is no such instrument: add it, not tradable")
    if item.tradable and symbol in table.converting:
        raise BadVenueTable(
            f"{path}: {symbol} converts others and can be traded itself: pruning would forget its prices"
        )
    venues = table.venues_of(symbol)
    if venues < item.venues_min:
        raise BadVenueTable(f"{path}: {symbol} needs {item.venues_min} venues and has {venues}")
