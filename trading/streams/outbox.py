"""The queue of frames to one socket: keeps all private frames in order, and of market frames the newest."""

import asyncio
from collections import deque

from trading.metrics import FRAMES

WAITING_MAX = 1000
CHARACTERS_MAX = 300_000
"""In bytes, of private frames; a single one may be longer. A client that never reads must not fill the memory."""
CHARACTERS_FREE = 100_000
"""A client that asks for more while more than this waits for it gets no answer yet."""


class TooSlow(Exception):
    """The client doesn't read: more private frames wait than memory should hold."""


class Outbox:
    def __init__(self) -> None:
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

    def put_newest(self, channel: str, frame: str) -> None:
        """Queue a market frame; it replaces the waiting one of its channel."""
        if not self._closed:
            FRAMES.conflations += channel in self._newest
            self._newest[channel] = frame
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
        """Wait for a frame, and take it: private ones first. Raises TooSlow."""
        while True:
            await self._filled.wait()
            if self._overflown:
                raise TooSlow
            if self._frames:
                frame = self._frames.popleft()
                self._characters -= len(frame)
                self._note()
                return frame
            if self._newest:
                return self._newest.pop(next(iter(self._newest)))
            self._filled.clear()

    def _note(self) -> None:
        if self._characters > CHARACTERS_FREE:
            self._free.clear()
        else:
            self._free.set()
