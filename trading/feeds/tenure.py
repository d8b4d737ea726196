"""When a leader that can't work lets another process lead."""

from dataclasses import dataclass
from datetime import datetime, timedelta

FAILING_MAX = timedelta(seconds=3)
"""A leader none of whose seconds has been recorded for this long gives its locks up."""

ASIDE = timedelta(seconds=5)
"""For this long it tries for no lock. Another process, which tries each second, has them by then."""


@dataclass(slots=True)
class Tenure:
    """The failures of a leader since its last recorded second. The caller passes all times."""

    _failing_since: datetime | None = None
    _aside_until: datetime | None = None

    def worked(self) -> None:
        """A second was recorded, or there was nothing to record."""
        self._failing_since = self._aside_until = None

    @property
    def resigned(self) -> bool:
        """Whether it has given its locks up, and recorded nothing since: then it is in no hurry."""
        return self._aside_until is not None

    def failed(self, at: datetime) -> bool:
        """Note a second that couldn't be recorded; returns whether it is time to give the locks up."""
        self._failing_since = self._failing_since or at
        if at - self._failing_since < FAILING_MAX - timedelta(seconds=1):
            return False
        self._failing_since, self._aside_until = None, at + ASIDE
        return True

    def stands_aside(self, at: datetime) -> bool:
        """Whether it leaves the locks to others at this second."""
        return self._aside_until is not None and at < self._aside_until
