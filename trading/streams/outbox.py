"""The queue of frames to one socket: keeps all private frames in order, and of market frames the newest."""

import asyncio
from collections import deque

WAITING_MAX = 1000
CHARACTERS_MAX = 2_000_000
"""In bytes. A snapshot of prices has some 150,000: a client that only asks and never reads must not fill the memory."""


class TooSlow(Exception):
    """The client doesn't read: more private frames wait than memory should hold."""


class Outbox:
    def __init__(self) -> None:
        self._frames: deque[str] = deque()
        self._newest: dict[str, str] = {}
        self._filled = asyncio.Event()
        self._characters = 0
        self._overflown = False

    def put(self, frame: str) -> None:
        """Queue a frame that must not be lost."""
        self._characters += len(frame)
        self._overflown = self._overflown or len(self._frames) >= WAITING_MAX or self._characters > CHARACTERS_MAX
        if not self._overflown:
            self._frames.append(frame)
        self._filled.set()

    def put_newest(self, channel: str, frame: str) -> None:
        """Queue a market frame; it replaces the waiting one of its channel."""
        self._newest[channel] = frame
        self._filled.set()

    def forget(self, channel: str) -> None:
        """Drop the waiting market frame of a channel that the client has left."""
        self._newest.pop(channel, None)

    async def take(self) -> list[str]:
        """Wait for frames, and return all that wait. Raises TooSlow."""
        await self._filled.wait()
        self._filled.clear()
        if self._overflown:
            raise TooSlow
        frames = [*self._frames, *self._newest.values()]
        self._frames.clear()
        self._characters = 0
        self._newest.clear()
        return frames
