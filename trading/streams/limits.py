"""Limits of sockets: how many one address and one person may have, and how often a socket may ask for a state."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic

from trading.streams.reading import PerLoop


class NoPlace(Exception):
    """This address or this person has as many sockets as it may have."""


class Places:
    """The open sockets of one process, by owner."""

    def __init__(self) -> None:
        self._taken: Counter[str] = Counter()

    @contextmanager
    def one_for(self, owner: str, most: int) -> Iterator[None]:
        """A place while the block runs. Raises NoPlace."""
        if self._taken[owner] >= most:
            raise NoPlace(owner)
        self._taken[owner] += 1
        try:
            yield
        finally:
            self._taken[owner] -= 1
            if not self._taken[owner]:
                del self._taken[owner]


places = PerLoop(Places)
"""The places of the running event loop."""


class Allowance:
    """`burst` uses at once; each one comes back after `seconds`."""

    def __init__(self, burst: int, seconds: float, clock: Callable[[], float] = monotonic) -> None:
        self._burst, self._seconds, self._clock = burst, seconds, clock
        self._left, self._at = float(burst), clock()

    def use(self) -> bool:
        """Take one, if there is one."""
        now = self._clock()
        self._left = min(self._burst, self._left + (now - self._at) / self._seconds)
        self._at = now
        if self._left < 1:
            return False
        self._left -= 1
        return True
