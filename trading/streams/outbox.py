"""The queue of frames to one socket: keeps all private frames in order, and of market frames the newest."""

import asyncio
from collections import deque

from trading.metrics import FRAMES
from trading.streams.frames import WriteNow
from trading.streams.protocol import Published

WAITING_MAX = 1000
CHARACTERS_MAX = 300_000
"""In bytes, of private frames; a single one may be longer. A client that never reads must not fill the memory."""
CHARACTERS_FREE = 100_000
"""A client that asks for more while more than this waits for it gets no answer yet."""


class TooSlow(Exception):
    """The client doesn't read: more private frames wait than memory should hold."""


class Outbox:
    """`write_now` sends market frames without a turn of the event loop, while none waits and the client reads."""

    def __init__(self, write_now: WriteNow | None = None) -> None:
        self._write_now = write_now
        self._sending = False
        self._frames: deque[str] = deque()
        self._newest: dict[str, str] = {}
        self._filled = asyncio.Event()
        self._free = asyncio.Event()
        self._free.set()
        self._characters = 0
        self._overflown = self._closed = False

    def put(self, frame: str) -> None:
        """Queue a frame that must not be lost."""
        if self._closed:
            return
        size = self._characters + len(frame)
        self._overflown |= bool(self._frames) and (len(self._frames) >= WAITING_MAX or size > CHARACTERS_MAX)
        if not self._overflown:
            self._frames.append(frame)
            self._characters = size
            self._note()
        self._filled.set()

    def put_newest(self, published: Published) -> None:
        """Send a market frame, or queue it; it replaces the waiting one of its channel."""
        if self._closed:
            return
        is_first = self._write_now is not None and not (self._sending or self._newest or self._frames)
        if is_first and self._write_now(published.wire):  # type: ignore[misc]
            FRAMES.frames += 1
            return
        FRAMES.conflations += published.channel in self._newest
        self._newest[published.channel] = published.frame
        self._filled.set()

    def forget(self, channel: str) -> None:
        """Drop the waiting market frame of a channel that the client has left."""
        self._newest.pop(channel, None)

    async def room(self) -> None:
        """Wait until the client has read enough to ask for more. It may have gone meanwhile."""
        await self._free.wait()

    def close(self) -> None:
        """Nobody takes frames any more: nothing waits for room."""
        self._closed = True
        self._frames.clear()
        self._newest.clear()
        self._characters = 0
        self._free.set()

    async def take(self) -> str:
        """Wait for a frame, and take it: private ones first. The one before it has been sent. Raises TooSlow."""
        self._sending = False
        while True:
            await self._filled.wait()
            if self._overflown:
                raise TooSlow
            if self._frames:
                frame = self._frames.popleft()
                self._characters -= len(frame)
                self._note()
                self._sending = True
                return frame
            if self._newest:
                self._sending = True
                return self._newest.pop(next(iter(self._newest)))
            self._filled.clear()

    def _note(self) -> None:
        if self._characters > CHARACTERS_FREE:
            self._free.clear()
        else:
            self._free.set()
