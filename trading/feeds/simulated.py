"""The simulated feed, for development and demos: four virtual venues quote an invented market, with errors."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import chain

from django.utils.crypto import salted_hmac

from trading.domain.prices import Source, Tick
from trading.feeds.dice import Dice
from trading.feeds.market import STEPS_PER_SECOND, InventedMarket
from trading.feeds.source import FeedInstrument

VENUES = ("aspen", "birch", "cedar", "maple")
STEP = timedelta(seconds=1) / STEPS_PER_SECOND
LATENCY_MIN_SECONDS, LATENCY_MAX_SECONDS = 0.005, 0.2
"""Shorter than a step at most, so each venue's ticks arrive in order."""

QUIET_CHANCE = 0.2
"""The probability that a venue sends nothing at a step."""

SILENCE_PERIOD_SECONDS = 60
SILENCE_CHANCE = 0.1
SILENCE_MIN_SECONDS, SILENCE_MAX_SECONDS = 4.0, 12.0

OUTLIER_CHANCE = 0.0001
OUTLIER_MIN, OUTLIER_MAX = 0.01, 0.03
NOISE = 0.00002

CATCH_UP = timedelta(seconds=4)
"""Ticks older than this are stale for every index: a later call doesn't get them."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def secret_seed() -> str:
    """The seed of this installation, unless the operator gives another: nobody else can compute the prices to come."""
    return salted_hmac("trading.feeds.simulated", "seed").hexdigest()


def silence(dice: Dice, venue: str, period: int) -> tuple[float, float]:
    """Returns from when to when a venue is silent in a period, in seconds since it began; twice 0 if it isn't.

    All instruments have the same: a venue that is down is down for each of them.
    """
    if dice.chance(venue, "silence", period) > SILENCE_CHANCE:
        return 0.0, 0.0
    lasts = dice.between(SILENCE_MIN_SECONDS, SILENCE_MAX_SECONDS, venue, "silence lasts", period)
    start = dice.between(0, SILENCE_PERIOD_SECONDS - lasts, venue, "silence at", period)
    return start, start + lasts


class SimulatedFeed:
    """Ticks as a function of the seed and the time: the same second has the same ticks for every caller at any time.

    Venues come late by a varying latency, fall silent for seconds at times, and very rarely quote a price that is
    percents off; the market itself jumps now and then.
    """

    source = Source.SIMULATED
    converting: frozenset[str] = frozenset()

    def __init__(self, instruments: Iterable[FeedInstrument], *, seed: str) -> None:
        self._dice = Dice(seed)
        self._pips = {item.symbol: item.pip.normalize() for item in instruments}
        self._markets = [InventedMarket(self._dice, symbol, float(pip)) for symbol, pip in self._pips.items()]
        self._next_step: int | None = None
        self._under_way: list[tuple[str, Tick]] = []

    @property
    def instruments(self) -> frozenset[str]:
        return frozenset(self._pips)

    def venues_min(self, instrument_default: int) -> int:
        return instrument_default

    def skip_to(self, at: datetime) -> None:
        """Nobody asks for ticks made before this moment any more: they aren't computed."""
        self._next_step = max(self._next_step or 0, (at - _EPOCH) // STEP)

    def drain(self, until: datetime) -> list[tuple[str, Tick]]:
        """The ticks received by `until`, but none that was made more than 4 s before it."""
        last = (until - _EPOCH) // STEP
        first = last - CATCH_UP // STEP
        if self._next_step is not None:
            first = max(first, self._next_step)
        made = chain.from_iterable(self._ticks(step) for step in range(first, last + 1))
        ticks = sorted([*self._under_way, *made], key=lambda item: item[1].received_at)
        self._next_step = max(last + 1, first)
        self._under_way = [item for item in ticks if item[1].received_at > until]
        return ticks[: len(ticks) - len(self._under_way)]

    def _ticks(self, step: int) -> Iterator[tuple[str, Tick]]:
        for market in self._markets:
            price = market.price(step)
            for venue in VENUES:
                if self._speaks(market.symbol, venue, step):
                    yield market.symbol, self._tick(market, venue, step, price)

    def _speaks(self, symbol: str, venue: str, step: int) -> bool:
        if self._dice.chance(symbol, venue, "quiet", step) < QUIET_CHANCE:
            return False
        period, quarters = divmod(step, SILENCE_PERIOD_SECONDS * STEPS_PER_SECOND)
        start, end = silence(self._dice, venue, period)
        return not start <= quarters / STEPS_PER_SECOND < end

    def _tick(self, market: InventedMarket, venue: str, step: int, price: float) -> Tick:
        name = (market.symbol, venue, step)
        seen = price * (1 + NOISE * self._dice.normal(*name, "noise"))
        if self._dice.chance(*name, "outlier") < OUTLIER_CHANCE:
            off = self._dice.between(OUTLIER_MIN, OUTLIER_MAX, *name, "outlier size")
            seen *= 1 + (off if self._dice.chance(*name, "outlier side") < 0.5 else -off)
        pip = self._pips[market.symbol]
        bid = max(1, int(seen / market.pip)) * pip
        latency = self._dice.between(LATENCY_MIN_SECONDS, LATENCY_MAX_SECONDS, *name, "latency")
        made_at = _EPOCH + step * STEP
        return Tick(
            venue=venue,
            bid=bid,
            ask=bid + pip,
            venue_at=made_at,
            received_at=made_at + timedelta(microseconds=round(latency * 1_000_000)),
        )
