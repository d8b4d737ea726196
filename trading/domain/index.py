"""Rule 1: how one second's index price is made of the venues' ticks."""

from collections.abc import Iterable
from datetime import datetime
from decimal import ROUND_HALF_EVEN, Context, Decimal, localcontext
from statistics import median

from trading.domain.prices import Tick
from trading.domain.rules import RULES_NOW, Rules

PRECISION = Context(prec=60)
"""Wide enough that only the last step, the rounding to the pip, rounds."""


def fresh(ticks: Iterable[Tick], at: datetime, rules: Rules = RULES_NOW) -> list[Tick]:
    """The latest tick of each venue that isn't too old at `at` (3 s) and has a sound price, in venue order."""
    latest: dict[str, Tick] = {}
    for tick in ticks:
        known = latest.get(tick.venue)
        if tick.received_at <= at and (known is None or tick.received_at >= known.received_at):
            latest[tick.venue] = tick
    return [tick for _, tick in sorted(latest.items()) if at - tick.received_at <= rules.tick_age_max and tick.is_sound]


def index_price(
    ticks: Iterable[Tick], *, at: datetime, pip: Decimal, venues_min: int, rules: Rules = RULES_NOW
) -> Decimal | None:
    """The index at the whole second `at`, or None when fewer than `venues_min` venues (at least 1) are fresh.

    Median of the mid prices, each clamped to it (±0.1 % since version 2), equal-weight mean, half-even to the pip.
    """
    with localcontext(PRECISION):
        mids = [tick.mid for tick in fresh(ticks, at, rules)]
        if len(mids) < max(venues_min, 1):
            return None
        middle = median(mids)
        low, high = middle * (1 - rules.clamp), middle * (1 + rules.clamp)
        clamped = [min(max(mid, low), high) for mid in mids]
        return round_to_pip(sum(clamped, Decimal(0)) / len(clamped), pip)


def round_to_pip(price: Decimal, pip: Decimal) -> Decimal:
    """The multiple of the pip nearest to the price, ties to even."""
    with localcontext(PRECISION):
        return (price / pip).quantize(Decimal(1), rounding=ROUND_HALF_EVEN) * pip
