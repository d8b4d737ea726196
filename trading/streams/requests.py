"""Requests over a socket: each is the REST request that it stands for, with its rules, rates, lines and answers."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from accounts.domain.channels import compact_json
from trading.streams.access import header
from trading.streams.outbox import Outbox
from trading.streams.protocol import Posted, Refused

HTTP = "cryptotrader.http"
"""The extension of a handshake's scope with the `Requests` of its socket."""

PASSED_ON = {b"host", b"authorization", b"accept-language", b"user-agent", b"x-forwarded-for", b"x-forwarded-proto"}
"""The headers of a handshake that its requests have as well. Its credential is looked at again at each of them."""

AT_ONCE = 20
"""So many requests of a socket wait for their answers; the next one waits to be read."""

Application = Callable[[Any, Any, Any], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer of REST: `text` is its JSON."""

    status: int
    headers: Mapping[bytes, bytes]
    text: str

    def frame(self, op: str, id: str | int | None) -> str:
        """The answer as a frame of the socket."""
        after = self.headers.get(b"retry-after")
        head = {
            "type": "answer",
            "id": id,
            "op": op,
            "status": self.status,
            "replayed": b"idempotency-replayed" in self.headers,
            "retry_after": int(after) if after is not None and after.isdigit() else None,
        }
        return f'{compact_json(head)[:-1]},"body":{self.text or "null"}}}'


class Requests:
    """The REST requests of one socket."""

    def __init__(self, http: Application, scope: Mapping[str, Any]) -> None:
        """`scope` is that of the handshake as it came, before anything was read from the headers of proxies."""
        self._http = http
        headers = [(name, value) for name, value in scope["headers"] if name in PASSED_ON]
        self._scope = {
            "type": "http",
            "asgi": scope.get("asgi", {"version": "3.0"}),
            "http_version": "1.1",
            "method": "POST",
            "scheme": "https" if scope.get("scheme") == "wss" else "http",
            "root_path": "",
            "query_string": b"",
            "client": scope.get("client"),
            "server": scope.get("server"),
            "headers": [*headers, (b"content-type", b"application/json")],
        }

    async def post(self, path: str, body: Mapping[str, object]) -> Answer:
        """Send a request, and wait for its answer. A caller that stops to wait has sent it all the same."""
        content = write_json(body).encode()
        headers = [*self._scope["headers"], (b"content-length", str(len(content)).encode())]
        scope = {**self._scope, "path": path, "raw_path": path.encode(), "headers": headers}
        told: list[Any] = []
        said = [{"type": "http.request", "body": content, "more_body": False}]

        async def receive() -> Any:
            return said.pop() if said else await asyncio.Future()

        async def send(message: Any) -> None:
            told.append(message)

        await self._http(scope, receive, send)
        head, *parts = told
        names = {name.lower(): value for name, value in head["headers"]}
        text = b"".join(part.get("body", b"") for part in parts).decode()
        return Answer(head["status"], names, text if b"json" in names.get(b"content-type", b"") else "")


class Asked:
    """The requests of one socket that are under way. Their answers come when they come; the socket goes on."""

    def __init__(
        self, scope: Mapping[str, Any], outbox: Outbox, start: Callable[[Coroutine[Any, Any, None]], object]
    ) -> None:
        """`start` runs a coroutine while the socket is open."""
        extensions = scope.get("extensions") or {}
        self._requests: Requests | None = extensions.get(HTTP) if header(dict(scope), "authorization") else None
        self._outbox, self._start = outbox, start
        self._places = asyncio.Semaphore(AT_ONCE)

    async def take(self, said: Posted) -> None:
        """Send a request on. Raises Refused for a socket without a credential that its requests could have."""
        rest = self._requests
        if rest is None:
            raise Refused("not-authenticated", "Open the socket with `Authorization: Bearer`", said.id)
        await self._places.acquire()

        async def answer() -> None:
            try:
                self._outbox.put((await rest.post(said.path, said.body)).frame(said.op, said.id))
            finally:
                self._places.release()

        self._start(answer())


def with_requests(sockets: Application, http: Application) -> Application:
    """The application of sockets, whose clients may send requests to the application of HTTP."""

    async def connected(scope: Any, receive: Any, send: Any) -> None:
        extensions = {**(scope.get("extensions") or {}), HTTP: Requests(http, scope)}
        await sockets({**scope, "extensions": extensions}, receive, send)

    return connected


def write_json(value: object) -> str:
    """Write a value of `read_json` as JSON: its fractions with all their digits, as they came."""
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, Mapping):
        return "{" + ",".join(f"{compact_json(name)}:{write_json(each)}" for name, each in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(write_json, value)) + "]"
    return compact_json(value)
