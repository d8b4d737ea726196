"""A known market from first to last tick: the server's prices, and the knowledge of a person who sees it earlier."""

import os
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from random import Random

from django.conf import settings

from trading.domain.index import counted, index_of, venue_inputs
from trading.domain.prices import PricePoint, Tick
from trading.domain.rules import RULES_NOW
from trading.feeds.recording import Recording
from trading.feeds.replay import ReplayFeed
from trading.feeds.simulated import SimulatedFeed
from trading.feeds.source import FeedInstrument

SYMBOL = "BTC-USDT"
PIP = Decimal("0.01")
SECOND = timedelta(seconds=1)
BEGIN = datetime(2026, 1, 5, 9, tzinfo=UTC)
"""Any second: a tape has no other clock."""

SEED = "bench"
PIECE = timedelta(seconds=30)


@dataclass(frozen=True)
class Tape:
    """The ticks of one instrument in order of receipt, between two whole seconds; `venues_min` venues make a price."""

    name: str
    ticks: Sequence[Tick]
    venues_min: int
    begin: datetime
    end: datetime

    @cached_property
    def prices(self) -> list[PricePoint]:
        """The index of each whole second that has one: rule 1."""
        seconds = [self.begin + n * SECOND for n in range((self.end - self.begin) // SECOND + 1)]
        made = zip(seconds, self.index_at(seconds), strict=True)
        return [PricePoint(at, price) for at, price in made if price is not None]

    def index_at(self, moments: Iterable[datetime]) -> Iterator[Decimal | None]:
        """The index at these moments, which ascend; they needn't be whole seconds."""
        newest: dict[str, Tick] = {}
        position, before = 0, frozenset[str]()
        for at in moments:
            while position < len(self.ticks) and self.ticks[position].received_at <= at:
                newest[self.ticks[position].venue] = self.ticks[position]
                position += 1
            inputs = venue_inputs(newest.values(), at=at, before=before)
            before = counted(inputs)
            yield index_of(inputs, pip=PIP, venues_min=self.venues_min, rules=RULES_NOW)


def recorded() -> Tape | None:
    """The recording that `REPLAY_FILE` names, or the only one in `MARKET_DATA_DIR`; None without one."""
    path = _file()
    if path is None:
        return None
    recording = Recording(path)
    times = [item.received_us for item in recording.best_prices()]
    length = timedelta(microseconds=times[-1] - times[0])
    ticks = _drain(ReplayFeed(recording, [_instrument(1)]), BEGIN + length)
    return Tape(f"recorded: {path.name}", ticks, 1, BEGIN + SECOND, BEGIN + length // SECOND * SECOND)


def _file() -> Path | None:
    named = os.environ.get("REPLAY_FILE")
    if named:
        return Path(named)
    directory = Path(os.environ.get("MARKET_DATA_DIR") or settings.BASE_DIR.parent / "shared" / "data" / "market")
    found = sorted(directory.glob("*.jsonl.gz"))
    return found[0] if len(found) == 1 else None


def simulated(seconds: int) -> Tape:
    """The simulated feed's market for this many seconds: four venues, late by up to 0.2 s, with silences and jumps."""
    end = BEGIN + seconds * SECOND
    ticks = _drain(SimulatedFeed([_instrument(3)], seed=SEED), end)
    return Tape(f"simulated: {seconds // 60} min", ticks, 3, BEGIN + 5 * SECOND, end)


def sewn(tape: Tape, seconds: int) -> Tape:
    """Makes a long market from a short one: pieces in random order, each unchanged or mirrored, joined without a leap.

    The short market's trend disappears, so the figures of many orders show more than luck. The moves within a few
    seconds stay the same.
    """
    chance = Random(SEED)  # noqa: S311  the same market at each run
    pieces = _pieces(tape)
    ticks: list[Tick] = []
    price, at = tape.prices[0].price, BEGIN
    while at < BEGIN + seconds * SECOND:
        price = _join(ticks, chance.choice(pieces), price, at, mirrored=chance.random() < 0.5)
        at += PIECE
    return Tape(f"{tape.name}, in pieces of {PIECE.seconds} s: {seconds // 60} min", ticks, 1, BEGIN + SECOND, at)


def _pieces(tape: Tape) -> list[list[Tick]]:
    """The ticks of each span of the tape's single venue that begins with a whole second.

    Leaves out ticks without news, but not for so long that a price would get old.
    """
    told: list[Tick] = []
    for tick in tape.ticks:
        if not told or tick.mid != told[-1].mid or tick.received_at - told[-1].received_at > SECOND / 2:
            told.append(tick)
    starts = [tape.begin + n * SECOND for n in range((tape.end - tape.begin - PIECE) // SECOND)]
    times = [tick.received_at for tick in told]
    return [told[bisect_left(times, start) : bisect_left(times, start + PIECE)] for start in starts]


def _join(ticks: list[Tick], piece: list[Tick], price: Decimal, at: datetime, *, mirrored: bool) -> Decimal:
    first = piece[0]
    begin = first.received_at.replace(microsecond=0)
    for tick in piece:
        moved = first.mid / tick.mid if mirrored else tick.mid / first.mid
        quote = (price * moved).quantize(PIP)
        ticks.append(Tick(tick.venue, quote, quote, None, at + (tick.received_at - begin)))
    return ticks[-1].mid


def _drain(feed: ReplayFeed | SimulatedFeed, end: datetime) -> list[Tick]:
    """Drain second by second, like a publisher: a source forgets ticks that nobody fetches in time."""
    seconds = (BEGIN + n * SECOND for n in range((end - BEGIN) // SECOND + 1))
    return [tick for second in seconds for _, tick in feed.drain(second)]


def _instrument(venues_min: int) -> FeedInstrument:
    return FeedInstrument(1, SYMBOL, PIP, venues_min)
