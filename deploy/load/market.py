"""A simulated market that always has a price: an order that a rehearsal is refused then is a fault of ours."""

from collections.abc import Iterator
from itertools import count, pairwise

from trading.feeds.dice import Dice
from trading.feeds.simulated import SILENCE_PERIOD_SECONDS, VENUES, silence

LASTS_SECONDS = 4 * 3600
"""Longer than any rehearsal: as long as its one sign-in."""


def steady_seed(begin: float) -> str:
    """Returns a SIMULATION_SEED with which no two virtual venues are silent at once, from a Unix time on."""
    return next(seed for seed in map("rehearsal-{}".format, count()) if is_steady(seed, begin))


def is_steady(seed: str, begin: float) -> bool:
    """Whether three of the four venues speak at each moment: so many make a price."""
    silences = sorted(_silences(Dice(seed), begin))
    return all(end <= start for (_, end), (start, _) in pairwise(silences))


def _silences(dice: Dice, begin: float) -> Iterator[tuple[float, float]]:
    first, last = (int(moment) // SILENCE_PERIOD_SECONDS for moment in (begin, begin + LASTS_SECONDS))
    for period in range(first, last + 1):
        for start, end in (silence(dice, venue, period) for venue in VENUES):
            if end:
                yield period * SILENCE_PERIOD_SECONDS + start, period * SILENCE_PERIOD_SECONDS + end
