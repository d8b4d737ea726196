"""Two lines for each socket: when it opens, and when it closes, with its code."""

from collections.abc import Awaitable, Callable
from time import perf_counter
from typing import Any

import structlog

from cryptotrader.logs.request_id import HEADER, request_id_of
from cryptotrader.logs.told import mark_told

log = structlog.get_logger(__name__)

Scope = dict[str, Any]
Application = Callable[[Scope, Any, Any], Awaitable[None]]
DENIED = 403
"""What a server answers to a socket that is closed before it opens."""
WENT_AWAY = 1006


class _Line:
    """What happens to one socket."""

    def __init__(self, scope: Scope) -> None:
        self.began = perf_counter()
        self.scope = scope
        self.request_id = request_id_of(_header(scope, HEADER.lower().encode()))
        self.opened = False
        self.status: int | None = None
        self.code: int | None = None

    def sent(self, message: dict[str, Any]) -> dict[str, Any]:
        """Notes a message to the client, and gives the first one the id of the request."""
        if message["type"] == "websocket.accept":
            self.opened = True
            log.info("socket opened", **self._facts())
        elif message["type"] == "websocket.http.response.start":
            self.status = message["status"]
        else:
            if message["type"] == "websocket.close":
                self.code = self.code or message.get("code") or 1000
            return message
        return {
            **message,
            "headers": [*message.get("headers", ()), (HEADER.lower().encode(), self.request_id.encode())],
        }

    def received(self, message: dict[str, Any]) -> dict[str, Any]:
        if message["type"] == "websocket.disconnect":
            self.code = self.code or message.get("code")
        return message

    def end(self) -> None:
        milliseconds = round((perf_counter() - self.began) * 1000, 1)
        if self.opened:
            log.info("socket closed", close_code=self.code or WENT_AWAY, milliseconds=milliseconds, **self._facts())
        else:
            log.info("socket refused", status=self.status or DENIED, milliseconds=milliseconds, **self._facts())

    def fail(self, error: Exception) -> None:
        log.error("socket failed", exc_info=error, **self._facts())
        mark_told(error)

    def _facts(self) -> dict[str, Any]:
        access = self.scope.get("access")
        facts = {
            "route": "/ws/v1" if self.scope["path"] == "/ws/v1" else None,
            "user_id": getattr(access, "user_id", None),
            "api_key_id": getattr(access, "key_id", None),
            "network": (self.scope.get("client") or [None])[0],
        }
        return {name: value for name, value in facts.items() if value is not None}


def with_lines(application: Application) -> Application:
    """The application of sockets, with their lines."""

    async def told(scope: Scope, receive: Any, send: Any) -> None:
        scope = {**scope}  # the entrance writes the access into it
        line = _Line(scope)

        async def sending(message: dict[str, Any]) -> None:
            await send(line.sent(message))

        async def receiving() -> dict[str, Any]:
            return line.received(await receive())

        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=line.request_id)
        try:
            await application(scope, receiving, sending)
        except Exception as error:
            line.fail(error)
            raise
        finally:
            line.end()

    return told


def _header(scope: Scope, name: bytes) -> str | None:
    return next((value.decode("latin-1") for key, value in scope["headers"] if key == name), None)
