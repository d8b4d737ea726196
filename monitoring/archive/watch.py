"""The thread between a running backup and the one who waits for it: how far it is, and whether it shall stop."""

from collections.abc import Callable
from dataclasses import dataclass

from monitoring.domain.backups.failures import Stopped


def _ignore(_bytes: int) -> None:
    """Nobody waits."""


@dataclass(frozen=True, slots=True)
class Watch:
    """`stop` says whether to end the work soon; `told` gets the number of bytes written so far, many times."""

    stop: Callable[[], bool] = lambda: False
    told: Callable[[int], None] = _ignore

    def go_on(self) -> None:
        """Call it several times a second. Raises Stopped."""
        if self.stop():
            raise Stopped("it was told to stop")
