"""The standard error of a mean whose values overlap in time."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from statistics import pstdev

DRAWS = 500


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean, its standard error, the number of values and the number of blocks."""

    mean: float
    error: float
    count: int
    blocks: int


def block_bootstrap(values: Sequence[tuple[datetime, float]], block: timedelta) -> Estimate:
    """The mean of dated values; draws whole blocks of time anew to estimate its error.

    Values less than a block apart may depend on each other. Trades that are open at the same time share prices, so
    thousands of them in a few minutes are as good as a handful. With few blocks (< 20) the error itself is rough and
    rather too small.
    """
    begin = min((at for at, _ in values), default=None)
    sums: dict[int, list[float]] = defaultdict(lambda: [0.0, 0.0])
    for at, value in values:
        cell = sums[(at - begin) // block if begin else 0]
        cell[0] += value
        cell[1] += 1
    blocks = list(sums.values())
    if not blocks:
        return Estimate(0.0, 0.0, 0, 0)
    chance = Random(1)  # noqa: S311  the same figures at each run
    means = []
    for _ in range(DRAWS if len(blocks) > 1 else 0):
        drawn = chance.choices(blocks, k=len(blocks))
        means.append(sum(cell[0] for cell in drawn) / sum(cell[1] for cell in drawn))
    total = sum(cell[0] for cell in blocks) / len(values)
    return Estimate(total, pstdev(means) if means else float("inf"), len(values), len(blocks))
