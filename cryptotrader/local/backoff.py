"""Computes the wait before the restart of a program that crashes again and again."""

from dataclasses import dataclass


@dataclass(slots=True)
class Backoff:
    """The wait before a restart: it doubles with each crash, and starts again after a healthy while."""

    first_seconds: float = 0.5
    longest_seconds: float = 10.0
    healthy_after_seconds: float = 30.0
    _next_seconds: float = 0.0

    def after_crash(self, ran_seconds: float) -> float:
        """Returns the seconds to wait after a run of `ran_seconds`."""
        if ran_seconds >= self.healthy_after_seconds or not self._next_seconds:
            self._next_seconds = self.first_seconds
        wait = self._next_seconds
        self._next_seconds = min(wait * 2, self.longest_seconds)
        return wait
