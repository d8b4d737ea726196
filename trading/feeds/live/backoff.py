"""The wait before the next connection to a venue that doesn't answer."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(slots=True)
class Backoff:
    """The wait doubles with each failure, and starts anew after a time of health.

    `chance` is uniform in [0, 1). The wait is a random half to whole of its step, so that the clients that a venue has
    dropped don't all return together.
    """

    chance: Callable[[], float]
    first_seconds: float = 0.5
    longest_seconds: float = 60.0
    healthy_after_seconds: float = 30.0
    _step: float = 0.0

    def after_failure(self, lasted_seconds: float) -> float:
        """The seconds to wait, after a connection that was good for `lasted_seconds`."""
        if lasted_seconds >= self.healthy_after_seconds or not self._step:
            self._step = self.first_seconds
        wait = self._step * (0.5 + self.chance() / 2)
        self._step = min(self._step * 2, self.longest_seconds)
        return wait
