"""Lets the sockets of a process go before it ends, at a pace that the process after it can take them in."""

import asyncio
import random
from typing import Protocol

from trading.streams.draining import is_draining
from trading.streams.reading import PerLoop

LOOK_SECONDS = 0.5
CLOSES_AT_ONCE, PAUSE_SECONDS = 2, 0.01
CLOSES_A_SECOND = 200
"""The door of another process lets in twice as many."""


class Leaving(Protocol):
    """A socket that can be sent to another process."""

    async def restart(self) -> None:
        """closes the socket with a code that asks its client to come back soon."""


class Drain:
    """The sockets of one event loop. It looks for the order to let them go as long as there are any."""

    def __init__(self) -> None:
        self._sockets: set[Leaving] = set()
        self._watch: asyncio.Task[None] | None = None

    def enter(self, socket: Leaving) -> None:
        """From now on this socket is let go with the others."""
        self._sockets.add(socket)
        if self._watch is None or self._watch.done():
            self._watch = asyncio.create_task(self._look())

    @property
    def count(self) -> int:
        """The open sockets."""
        return len(self._sockets)

    def leave(self, socket: Leaving) -> None:
        """The socket has closed."""
        self._sockets.discard(socket)

    async def _look(self) -> None:
        while self._sockets:
            await asyncio.sleep(LOOK_SECONDS)
            if is_draining():
                await self._let_go()

    async def _let_go(self) -> None:
        leaving = list(self._sockets)
        random.shuffle(leaving)  # those who came together shall not all come back together
        for start in range(0, len(leaving), CLOSES_AT_ONCE):
            together = leaving[start : start + CLOSES_AT_ONCE]
            await asyncio.gather(*(socket.restart() for socket in together), return_exceptions=True)
            await asyncio.sleep(PAUSE_SECONDS)


drain = PerLoop(Drain)
"""The drain of the running event loop."""
