"""Lets waiting sockets in at a pace that leaves room for requests: after a restart they all come at once."""

import asyncio
from collections import deque
from time import monotonic

from trading.streams.reading import PerLoop

TURN_SECONDS = 0.01
AT_ONCE = 4
"""Each costs some two milliseconds: in a turn, requests have as much time as sockets."""


class Door:
    """First come, first in. While the event loop is late, fewer come in."""

    def __init__(self) -> None:
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._letting: asyncio.Task[None] | None = None

    async def enter(self) -> None:
        """Wait for one's turn."""
        turn = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        if self._letting is None:
            self._letting = asyncio.create_task(self._let_in())
        await turn

    async def _let_in(self) -> None:
        many = AT_ONCE
        while self._waiting:
            for _ in range(min(many, len(self._waiting))):
                turn = self._waiting.popleft()
                if not turn.done():  # else it has left
                    turn.set_result(None)
            began = monotonic()
            await asyncio.sleep(TURN_SECONDS)
            late = monotonic() - began > 2 * TURN_SECONDS
            many = 1 if late else AT_ONCE
        self._letting = None


door = PerLoop(Door)
"""The door of the running event loop."""
