"""Daily digests (rule 11): one hash over all prices of a day. Once it is published, nobody can rewrite the day."""

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from trading.domain.prices import FIRST_LINK
from trading.domain.reading import LATENESS_MAX

DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)
CLOSING = LATENESS_MAX + timedelta(minutes=1)
"""The time after midnight at which a day closes: no price of it may be recorded any more, even by a slow clock."""

FIRST_DAY = FIRST_LINK
"""The first day of an instrument has this in place of the previous day's digest."""


@dataclass(frozen=True, slots=True)
class Day:
    """A closed UTC day of one instrument. A day without prices is one too: its count is 0, its first and last are
    None."""

    instrument: str
    day: date
    count: int
    first_sequence: int | None
    last_sequence: int | None
    first_digest: str | None
    last_digest: str | None
    root: str
    previous: str

    @property
    def gaps(self) -> int:
        """The number of seconds of the day without a price."""
        return DAY // SECOND - self.count

    @property
    def is_sound(self) -> bool:
        """Whether there are as many prices as sequence numbers from the first to the last; without prices there are
        none."""
        ends = (self.first_sequence, self.last_sequence, self.first_digest, self.last_digest)
        if self.first_sequence is None or self.last_sequence is None or None in ends:
            return self.count == 0 and set(ends) == {None}
        return 0 < self.count == self.last_sequence - self.first_sequence + 1

    @property
    def digest(self) -> str:
        """SHA-256 (hex) over all fields: JSON with sorted keys and no blanks, like the digests of prices."""
        content = {
            "instrument": self.instrument,
            "day": self.day.isoformat(),
            "count": self.count,
            "first_sequence": self.first_sequence,
            "last_sequence": self.last_sequence,
            "first_digest": self.first_digest,
            "last_digest": self.last_digest,
            "root": self.root,
            "previous": self.previous,
        }
        text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
        return hashlib.sha256(text.encode()).hexdigest()


def day_of(instant: datetime) -> date:
    """The UTC day that contains an instant."""
    return instant.astimezone(UTC).date()


def bounds_of(day: date) -> tuple[datetime, datetime]:
    """The first instant of a UTC day, and the first of the next."""
    start = datetime(day.year, day.month, day.day, tzinfo=UTC)
    return start, start + DAY


def last_closed_day(now: datetime) -> date:
    """The newest day that can be published."""
    return day_of(now - CLOSING) - DAY
