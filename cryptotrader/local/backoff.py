"""Patience with what crashes again and again."""

from dataclasses import dataclass


@dataclass(slots=True)
class Backoff:
    """How long to wait before a crashed program is started again: doubling, forgiven after a while of health."""

    first_seconds: float = 0.5
    longest_seconds: float = 10.0
    healthy_after_seconds: float = 30.0
    _next_seconds: float = 0.0

    def after_crash(self, ran_seconds: float) -> float:
        """The seconds to wait, given how long the program had run."""
        if ran_seconds >= self.healthy_after_seconds or not self._next_seconds:
            self._next_seconds = self.first_seconds
        wait = self._next_seconds
        self._next_seconds = min(wait * 2, self.longest_seconds)
        return wait
