"""Bounds the bodies of requests, in bytes and in time, before Django keeps anything of them.

By itself Django writes a body of any length to disk, and waits for it for ever.
"""

import asyncio
from collections.abc import Callable
from typing import Any

from django.conf import settings

FAULT = "cryptotrader.body"
"""The key in the scope under which a faulty body leaves its HTTP status."""

TOO_SLOW, TOO_LARGE = 408, 413
READ_AWAY_MAX = 1024 * 1024
"""So much of a body that is too large is read and dropped: a client that is still sending rarely reads an answer."""

NOTHING_MORE = {"type": "http.request", "body": b"", "more_body": False}
Scope = dict[str, Any]
Receive = Callable[[], Any]


class Body:
    """The body of one request. After a fault Django gets an empty one, and `ReadingMiddleware` refuses the request."""

    def __init__(self, scope: Scope, receive: Receive, send: Callable[[Any], Any], *, seconds: float) -> None:
        self._scope, self._receive, self._send = scope, receive, send
        self._ends_at = asyncio.get_running_loop().time() + seconds
        self._length, self._is_read = 0, False
        self._is_unread = False
        """Whether a part of the body is still to come: then the connection can't carry another request."""

    async def receive(self) -> Any:
        """The next message of the body, the last one at the latest when the time is over."""
        if self._is_unread:
            await asyncio.Future()  # Django waits for a disconnect, and cancels this when it has answered
        if self._is_read:
            return await self._receive()
        try:
            async with asyncio.timeout_at(self._ends_at):
                return await self._next()
        except TimeoutError:
            return self._refuse(TOO_SLOW)

    async def send(self, message: Any) -> None:
        if self._is_unread and message["type"] == "http.response.start":
            message = {**message, "headers": [*message["headers"], (b"Connection", b"close")]}
        await self._send(message)

    async def _next(self) -> Any:
        declared = self._declared()
        if self._too_large(declared) and (declared > READ_AWAY_MAX or self._header(b"expect")):
            return self._refuse(TOO_LARGE)
        message = await self._receive()
        self._count(message)
        if not self._too_large(self._length):
            return message
        while not self._is_read:
            if self._length > READ_AWAY_MAX:
                return self._refuse(TOO_LARGE)
            self._count(await self._receive())
        self._scope[FAULT] = TOO_LARGE
        return NOTHING_MORE

    def _count(self, message: Any) -> None:
        self._length += len(message.get("body", b""))
        self._is_read = not message.get("more_body", False)

    def _refuse(self, status: int) -> Any:
        self._is_unread = True
        self._scope[FAULT] = status
        return NOTHING_MORE

    @staticmethod
    def _too_large(length: int) -> bool:
        most = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        return most is not None and length > most

    def _declared(self) -> int:
        text = self._header(b"content-length")
        return int(text) if text.isdigit() else 0

    def _header(self, name: bytes) -> bytes:
        for key, value in self._scope["headers"]:
            if key == name:
                return bytes(value)
        return b""


def with_bounded_bodies(application: Callable[..., Any]) -> Callable[..., Any]:
    """The application, with `BODY_SECONDS_MAX` for each body."""

    async def bounded(scope: Scope, receive: Receive, send: Callable[[Any], Any]) -> None:
        if scope["type"] == "http":
            body = Body(scope, receive, send, seconds=settings.BODY_SECONDS_MAX)
            receive, send = body.receive, body.send
        await application(scope, receive, send)

    return bounded
