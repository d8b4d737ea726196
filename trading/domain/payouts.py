"""Payout rates of a win: the operator's rates by duration, and their skew while one side is heavier than the other."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal

from accounts.domain.errors import FieldError, InvalidInput
from accounts.domain.notation import places
from trading.domain.terms import Direction, PayoutOffer

RATE_STEP = Decimal("0.0001")
RATE_MAX = Decimal(5)
EDGE_RANGE = Decimal(0), Decimal("0.5")
"""Below 0 the house would lose on a fair trade; at 0.5 a trader could win nothing."""

SCALE_MAX = Decimal(10) ** 12
AHEAD_MAX = timedelta(days=366)
"""The furthest start of a version. A later date is a typing error of the year, and nobody would see it until then."""

NOTICE = timedelta(seconds=10)
"""The shortest notice of a new version: it never holds for an order that is under way when staff make it."""


def begin(wanted: datetime | None, now: datetime) -> datetime:
    """The moment from which a version made `now` holds: the wanted one, NOTICE away at least, at a whole second.

    People read and type whole seconds. Two versions that read alike begin together, so that the later one replaces the
    other; by fractions of a second both would hold, one after the other.
    """
    earliest = max(wanted or now, now + NOTICE)
    whole = earliest.replace(microsecond=0)
    return whole if whole == earliest else whole + timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Payouts:
    """One version of an instrument's payouts, for future trades."""

    version: int
    rate: Decimal
    """The rate of every duration that `rates` doesn't name."""

    rates: Mapping[int, Decimal] = field(default_factory=dict)
    """By duration in seconds."""

    rate_skew_max: Decimal = Decimal(0)
    """The most that the heavier side's rate falls and the other's rises."""

    rate_skew_scale: Decimal | None = None
    """The imbalance, in the currency of the stakes, at which the skew reaches `rate_skew_max`."""

    edge_min: Decimal = Decimal(0)
    """The least house edge that any rate leaves, the skew included."""

    def base(self, duration_seconds: int) -> Decimal:
        """The rate of a duration before any skew."""
        return self.rates.get(duration_seconds, self.rate)

    def offer(self, direction: Direction, duration_seconds: int, *, imbalance: Decimal) -> PayoutOffer:
        """The offer of this moment. `imbalance`: the liability of the open up trades less that of the down trades."""
        base = self.base(duration_seconds)
        return PayoutOffer(base=base, rate_skew=self._rate_skew(direction, imbalance), version=self.version)

    def _rate_skew(self, direction: Direction, imbalance: Decimal) -> Decimal:
        if not self.rate_skew_max or not self.rate_skew_scale:
            return Decimal(0)
        share = max(Decimal(-1), min(Decimal(1), imbalance / self.rate_skew_scale))
        falls = (self.rate_skew_max * share).quantize(RATE_STEP, ROUND_HALF_EVEN)
        return -falls if direction is Direction.UP else falls

    def check(self) -> None:
        """Check that staff may offer these payouts; the database checks no more.

        Raises InvalidInput, naming every wrong field.
        """
        faults = [FieldError(name, "invalid", text) for name, ok, text in self._asked() if not ok]
        if faults:
            raise InvalidInput(fields=tuple(faults))

    def _asked(self) -> list[tuple[str, bool, str]]:
        highest, lowest = max([self.rate, *self.rates.values()]), min([self.rate, *self.rates.values()])
        floor = highest + self.rate_skew_max <= rate_at(self.edge_min)
        return [
            ("rate", _sound(self.rate), f"above 0, at most {RATE_MAX}, with at most 4 decimal places"),
            ("rates", all(map(_sound, self.rates.values())), f"each above 0, at most {RATE_MAX}, at most 4 places"),
            ("rate_skew_max", self._is_skew_sound(), "0 or more, with at most 4 places"),
            ("rate_skew_max", self.rate_skew_max < lowest, "below the lowest rate: nothing pays less than nothing"),
            ("rate_skew_scale", self._has_scale(), "above 0, with at most 2 places, where there is a skew"),
            ("edge_min", EDGE_RANGE[0] <= self.edge_min < EDGE_RANGE[1] and places(self.edge_min) <= 4, "0 to 0.5"),
            ("edge_min", floor, "the highest rate with the whole skew leaves the house less than this"),
        ]

    def _is_skew_sound(self) -> bool:
        return self.rate_skew_max >= 0 and places(self.rate_skew_max) <= 4

    def _has_scale(self) -> bool:
        if self.rate_skew_scale is None:
            return not self.rate_skew_max
        return 0 < self.rate_skew_scale < SCALE_MAX and places(self.rate_skew_scale) <= 2


def break_even(rate: Decimal) -> Decimal:
    """The break-even win rate, to 4 places: 1 / (1 + rate). A trader gains and loses nothing at this share of won
    trades."""
    return (1 / (1 + rate)).quantize(RATE_STEP, ROUND_HALF_EVEN)


def house_edge(rate: Decimal) -> Decimal:
    """The house's share of a stake on a fair trade: 1 − (1 + rate) / 2."""
    return 1 - (1 + rate) / 2


def rate_at(edge: Decimal) -> Decimal:
    """The rate that leaves the house this edge on a fair trade: edge = 1 − (1 + rate) / 2."""
    return 1 - 2 * edge


def _sound(rate: Decimal) -> bool:
    return 0 < rate <= RATE_MAX and places(rate) <= 4
