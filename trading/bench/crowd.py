"""Thousands of sockets that all come back when the server starts again, as the page would, beside requests."""

import asyncio
import json
import random
import time
from base64 import b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from importlib import import_module

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY, get_user_model

DELAY_MIN_SECONDS, DELAY_MAX_SECONDS = 0.5, 15.0
"""The page's, in static/js/core/socket.js."""
PUBLIC = ("instruments", "prices.BTC-USDT")
PRIVATE = ("trades", "wallet", "offers")


def sessions_of(users: Sequence[int]) -> list[str]:
    """A signed-in session for each of these people."""
    keys = []
    for user in get_user_model().objects.filter(pk__in=users):
        session = import_module(settings.SESSION_ENGINE).SessionStore()
        session[SESSION_KEY] = str(user.pk)
        session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
        session[HASH_SESSION_KEY] = user.get_session_auth_hash()
        session.create()
        keys.append(str(session.session_key))
    return keys


class _Page(asyncio.Protocol):
    """One page's connection: it subscribes, answers pings, and counts snapshots. Frames are looked at, not read."""

    def __init__(self, session: str | None, ready: Callable[[], None], lost: Callable[[], None]) -> None:
        self._cookie = f"Cookie: {settings.SESSION_COOKIE_NAME}={session}\r\n" if session else ""
        self._channels = PUBLIC + (PRIVATE if session else ())
        self._wanted = len(self._channels)
        self._ready, self._lost = ready, lost
        self._buffer = bytearray()
        self._skip = 0
        self._open = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)  # noqa: S101  (for the type checker)
        self._transport = transport
        key = b64encode(random.randbytes(16)).decode()  # noqa: S311  (no secret)
        transport.write(
            f"GET /ws/v1 HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n{self._cookie}"
            f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n\r\n".encode()
        )

    def data_received(self, data: bytes) -> None:
        skipped = min(self._skip, len(data))
        self._skip -= skipped
        self._buffer += memoryview(data)[skipped:]
        if not self._open:
            head, end, rest = bytes(self._buffer).partition(b"\r\n\r\n")
            if not end:
                return
            if b" 101 " not in head[:20]:
                self._transport.abort()
                return
            self._open, self._buffer = True, bytearray(rest)
            for id, channel in enumerate(self._channels):
                self._send(0x81, json.dumps({"op": "subscribe", "id": id, "channel": channel}).encode())
        while self._frame():
            pass

    def connection_lost(self, error: Exception | None) -> None:
        self._lost()

    def _frame(self) -> bool:
        """Whether a frame was taken from the buffer. Of a long one the rest is skipped when it comes."""
        buffer, short = self._buffer, self._buffer[1] & 0x7F if len(self._buffer) > 1 else 0
        start = 2 + {126: 2, 127: 8}.get(short, 0)
        if len(buffer) < max(2, start):
            return False
        length = int.from_bytes(buffer[2:start]) if short > 125 else short
        if len(buffer) < start + min(length, 30):
            return False
        kind, begin = buffer[0] & 0x0F, bytes(buffer[start : start + min(length, 30)])
        self._skip = max(0, start + length - len(buffer))
        del buffer[: start + length]
        if kind == 0x9:
            self._send(0x8A, begin)
        elif b'"snapshot"' in begin:
            self._wanted -= 1
            if self._wanted == 0:
                self._ready()
        return True

    def _send(self, first: int, payload: bytes) -> None:
        self._transport.write(bytes((first, 0x80 | len(payload))) + b"\0\0\0\0" + payload)


@dataclass
class Crowd:
    """The pages; `ready` of them have every state."""

    port: int
    sessions: Sequence[str | None]
    ready: int = 0
    losses: int = 0
    back_at: list[float] = field(default_factory=list)
    _stopped: bool = False
    _losing: set["asyncio.Task[None]"] = field(default_factory=set)

    async def run(self, until: Callable[[], bool]) -> None:
        """Keep all pages connected until the condition holds."""
        tasks = [asyncio.create_task(self._page(session)) for session in self.sessions]
        while not until():
            await asyncio.sleep(0.02)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _page(self, session: str | None) -> None:
        attempt = 0
        while True:
            lost, was_ready = asyncio.Event(), False

            def ready() -> None:
                nonlocal attempt, was_ready
                attempt, was_ready = 0, True
                self.ready += 1
                self.back_at.append(time.monotonic())

            try:
                loop = asyncio.get_running_loop()
                await loop.create_connection(lambda: _Page(session, ready, lost.set), "127.0.0.1", self.port)  # noqa: B023
                await lost.wait()
                self.losses += 1
            except OSError:
                pass
            self.ready -= was_ready
            ceiling = min(DELAY_MAX_SECONDS, DELAY_MIN_SECONDS * 2**attempt)
            attempt += 1
            await asyncio.sleep(ceiling / 2 + random.random() * ceiling / 2)  # noqa: S311  (no secret)
