"""The index (rule 1): makes one second's price from the venues' ticks."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_EVEN, Context, Decimal, localcontext
from statistics import median

from accounts.domain.notation import write_decimal
from trading.domain.prices import Tick, VenueInput
from trading.domain.rules import RULES_NOW, Rules
from trading.domain.venues import Out, agreeing

PRECISION = Context(prec=60)
"""Wide enough that only the last step, the rounding to the pip, rounds."""


def fresh(ticks: Iterable[Tick], at: datetime, rules: Rules = RULES_NOW) -> list[Tick]:
    """The latest tick of each venue in venue order, if it is fresh at `at` (3 s) and has a sound price."""
    latest: dict[str, Tick] = {}
    for tick in ticks:
        known = latest.get(tick.venue)
        if tick.received_at <= at and (known is None or tick.received_at >= known.received_at):
            latest[tick.venue] = tick
    return [tick for _, tick in sorted(latest.items()) if at - tick.received_at <= rules.tick_age_max and tick.is_sound]


@dataclass(frozen=True, slots=True)
class Conversion:
    """The price that converts a venue's quote into the instrument's currency: a place in another instrument's chain."""

    instrument: str
    sequence: int
    price: Decimal

    def as_input(self) -> dict[str, object]:
        """The form that is stored with the quote that it converts."""
        return {"instrument": self.instrument, "sequence": self.sequence, "price": write_decimal(self.price)}


def venue_inputs(
    ticks: Iterable[Tick],
    *,
    at: datetime,
    conversions: Mapping[str, Conversion] = {},
    before: Collection[str] = (),
    rules: Rules = RULES_NOW,
) -> list[VenueInput]:
    """The stored inputs of the price at the whole second `at`: the fresh venues, and the reason for each that is `out`.

    A tick whose conversion has no price is left out. `before` are the venues that counted in the previous price: they
    stay in more easily than others come in (see `agreeing`).
    """
    heard: dict[str, VenueInput] = {}
    for tick in fresh(ticks, at, rules):
        if tick.conversion is None:
            heard[tick.venue] = tick.as_input()
        elif tick.conversion in conversions:
            heard[tick.venue] = tick.as_input() | {"conversion": conversions[tick.conversion].as_input()}
        if tick.skewed and tick.venue in heard:
            heard[tick.venue]["out"] = Out.SKEWED.value
    return _without_deviating(heard, before, rules)


def _without_deviating(heard: Mapping[str, VenueInput], before: Collection[str], rules: Rules) -> list[VenueInput]:
    if rules.deviation_max is not None:
        with localcontext(PRECISION):
            mids = {venue: mid_of(venue_input) for venue, venue_input in heard.items() if "out" not in venue_input}
            agree = agreeing(mids, before=before, bound=rules.deviation_max)
        for venue in mids.keys() - agree:
            heard[venue]["out"] = Out.DEVIATING.value
    return list(heard.values())


def mid_of(venue_input: Mapping[str, object]) -> Decimal:
    """The mid price of a stored venue input, in the currency of the index."""
    with localcontext(PRECISION):
        mid = (Decimal(str(venue_input["bid"])) + Decimal(str(venue_input["ask"]))) / 2
        match venue_input:
            case {"conversion": {"price": price}}:
                return mid / Decimal(str(price))
        return mid


def index_of(inputs: Sequence[Mapping[str, object]], *, pip: Decimal, venues_min: int, rules: Rules) -> Decimal | None:
    """The index of stored venue inputs, or None when fewer than `venues_min` venues (at least 1) count.

    Median of the mid prices, each clamped to it (±0.1 % since version 2), equal-weight mean, half-even to the pip. The
    result depends on the arguments alone, so that a check of a stored price comes to the same.
    """
    with localcontext(PRECISION):
        mids = [mid_of(venue_input) for venue_input in inputs if not venue_input.get("out")]
        if len(mids) < max(venues_min, 1):
            return None
        middle = median(mids)
        low, high = middle * (1 - rules.clamp), middle * (1 + rules.clamp)
        clamped = [min(max(mid, low), high) for mid in mids]
        return round_to_pip(sum(clamped, Decimal(0)) / len(clamped), pip)


def possible(inputs: Sequence[Mapping[str, object]], rules: Rules) -> bool:
    """Whether the `out` marks of stored inputs are possible.

    A venue that counts is within the bound; a deviating one is outside half of it. Between the two, the venues that
    counted before decide. Inputs don't show whose clock was wrong.
    """
    with localcontext(PRECISION):
        mids = [(mid_of(item), item.get("out")) for item in inputs if item.get("out") != Out.SKEWED]
        if rules.deviation_max is None or not mids:
            return not any(item.get("out") for item in inputs)
        middle = median(mid for mid, _ in mids)
        inner, outer = middle * (rules.deviation_max / 2), middle * rules.deviation_max
        return all(abs(mid - middle) > inner if out else abs(mid - middle) <= outer for mid, out in mids)


def counted(inputs: Iterable[Mapping[str, object]]) -> frozenset[str]:
    """The venues that count in a stored price."""
    return frozenset(str(venue_input["venue"]) for venue_input in inputs if not venue_input.get("out"))


def round_to_pip(price: Decimal, pip: Decimal) -> Decimal:
    """The multiple of the pip nearest to the price, ties to even."""
    with localcontext(PRECISION):
        return (price / pip).quantize(Decimal(1), rounding=ROUND_HALF_EVEN) * pip
