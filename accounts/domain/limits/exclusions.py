"""Time-outs and self-exclusions: people stop themselves from trading for a while, and nobody can lift it."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from accounts.domain.errors import Refusal, mark
from accounts.domain.notation import write_instant

TIME_OUT_MIN, TIME_OUT_MAX = timedelta(hours=1), timedelta(weeks=6)
SELF_EXCLUSION_MONTHS = (6, 60)
"""The shortest and the longest self-exclusion."""


SAME_WISH = timedelta(minutes=1)
"""A new exclusion that ends at most this much later than the present one counts as the same request."""


class ExclusionKind(StrEnum):
    TIME_OUT = "time_out"
    SELF_EXCLUSION = "self_exclusion"


class TimedOut(Refusal):
    code, status = "timed-out", 403
    title = mark("You have taken a time-out")


class SelfExcluded(Refusal):
    code, status = "self-excluded", 403
    title = mark("You have excluded yourself from trading")


class PersonExcluded(Refusal):
    code, status = "person-excluded", 409
    title = mark("This person is in a time-out or a self-exclusion")


@dataclass(frozen=True, slots=True)
class ExclusionInForce:
    """The exclusion that stops a person from trading, with its end."""

    kind: ExclusionKind
    ends_at: datetime

    def refusal(self) -> Refusal:
        """Returns the refusal of an order, a deposit or a demo top-up."""
        until = write_instant(self.ends_at)
        kind = SelfExcluded if self.kind is ExclusionKind.SELF_EXCLUSION else TimedOut
        return kind(f"until {until}", until=until)


def months_later(start: datetime, months: int) -> datetime:
    """Returns the same day so many calendar months later, or the last day of that month: 31 August + 6 is 28 February.

    Raises OverflowError beyond the year 9999.
    """
    year, month = divmod(start.month - 1 + months, 12)
    year, month = start.year + year, month + 1
    if year > 9999:
        raise OverflowError(f"{months} months after {start}")
    return start.replace(year=year, month=month, day=min(start.day, monthrange(year, month)[1]))
