"""Sends the same request to DRF's door and to the order gateway, as uvicorn does, and compares the answers."""

import asyncio
import json
import re
from base64 import urlsafe_b64decode
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from asgiref.sync import async_to_sync

from cryptotrader.asgi import http
from cryptotrader.requests.bodies import with_bounded_bodies
from cryptotrader.requests.fast_door import GatewaySite
from trading.gateway.door import Gateway
from trading.tests.cast import Trader

ORDERS, ALIAS, QUOTES, TIME = "/api/v1/flash-trades", "/api/flash-trades", "/api/v1/quotes", "/api/v1/time"
JSON = ("Content-Type", "application/json")
ORDER = {"amount": 10, "direction": "up", "duration": 60, "client_order_id": "one"}
OWN = {"x-request-id", "content-length"}
"""Headers that are another one's for each request: an id, and the length of a body with one."""
CHANGING = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
RECEIPT = re.compile(r'"receipt": ?"([^"]+)"')
CHAIN = {"wallet", "previous"}
"""The members of a receipt that differ between two people."""
Lines = Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Request:
    """A request: a header may come twice; `path` may have a query."""

    method: str
    path: str
    headers: Lines = ()
    body: bytes = b""
    peer: str = "127.0.0.1"
    parts: int = 1
    """The messages in which the server hands the body on."""

    @property
    def scope(self) -> dict[str, Any]:
        path, _, query = self.path.partition("?")
        given = {name.lower() for name, _ in self.headers}
        usual = {"host": "testserver", "content-length": str(len(self.body))}
        headers = [(name, value) for name, value in usual.items() if name not in given] + list(self.headers)
        return {
            "type": "http", "method": self.method, "path": path, "raw_path": path.encode("latin-1"), "scheme": "http",
            "query_string": query.encode("latin-1"), "http_version": "1.1", "root_path": "",
            "headers": [(name.lower().encode(), value.encode("latin-1")) for name, value in headers],
            "client": (self.peer, 1), "server": ("127.0.0.1", 80),
        }  # fmt: skip


@dataclass(frozen=True)
class Reply:
    """An answer, with its headers as they were sent."""

    status: int
    headers: Lines
    content: bytes
    passed_on: bool = field(default=False, compare=False)
    """Whether the gateway let Django answer."""

    def header(self, name: str) -> str | None:
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)

    @property
    def json(self) -> Any:
        return json.loads(self.content)

    @property
    def told(self) -> dict[str, Any]:
        """The answer without what differs between two answers to one request: new ids, and the request's own."""
        headers = {name.lower(): CHANGING.sub("(id)", value) for name, value in self.headers}
        policy = headers.get("content-security-policy", "")
        headers["content-security-policy"] = "; ".join(sorted(policy.split("; ")))
        shown = {name: value for name, value in headers.items() if name not in OWN}
        return {"status": self.status, "headers": shown, "body": self._fields}

    @property
    def _fields(self) -> Any:
        text = CHANGING.sub("(id)", RECEIPT.sub(_opened, self.content.decode()))
        return json.loads(text, parse_float=str) if text else None


def _opened(receipt: re.Match[str]) -> str:
    """The content of a receipt without the place in its wallet's chain, instead of its signed text."""
    content = receipt[1].split(".")[1]
    told = json.loads(urlsafe_b64decode(content + "=" * (-len(content) % 4)))
    return f'"receipt":{json.dumps({name: value for name, value in told.items() if name not in CHAIN})}'


class Doors:
    """Both doors, in this process."""

    def __init__(self) -> None:
        self._passed = 0
        self.django = with_bounded_bodies(http)
        self.gateway = with_bounded_bodies(Gateway(self._counted, GatewaySite()))

    async def _counted(self, scope: Any, receive: Any, send: Any) -> None:
        self._passed += 1
        await http(scope, receive, send)

    def by_django(self, request: Request) -> Reply:
        return async_to_sync(call)(self.django, request)

    def by_gateway(self, request: Request) -> Reply:
        before = self._passed
        reply: Reply = async_to_sync(call)(self.gateway, request)
        return Reply(reply.status, reply.headers, reply.content, self._passed > before)

    def all_by_gateway(self, requests: Sequence[Request]) -> list[Reply]:
        """Sends all of them at the same moment."""

        async def send() -> list[Reply]:
            return await asyncio.gather(*(call(self.gateway, request) for request in requests))

        return async_to_sync(send)()


def bearer(token: str) -> tuple[str, str]:
    return ("Authorization", f"Bearer {token}")


def order(body: object = ORDER, *headers: tuple[str, str], path: str = ORDERS) -> Request:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Request("POST", path, [JSON, *headers], content)


class Both:
    """The same request of one person at DRF's door and of the other at the gateway."""

    def __init__(self, doors: Doors, pair: tuple[Trader, Trader], headers: Callable[[Trader], list[tuple[str, str]]]):
        self.doors = doors
        self.headers = [headers(person) for person in pair]

    def ask(self, request: Request, *, served: bool = True) -> Reply:
        """Compares the answers, and whether the gateway gave its own; returns it."""
        asked, answered = (replace(request, headers=[*request.headers, *own]) for own in self.headers)
        expected, reply = self.doors.by_django(asked), self.doors.by_gateway(answered)
        assert reply.told == expected.told
        assert reply.passed_on is not served
        return reply


async def call(application: Any, request: Request) -> Reply:
    size = max(1, -(-len(request.body) // request.parts))
    bodies = [request.body[start : start + size] for start in range(0, len(request.body), size)] or [b""]
    said = [{"type": "http.request", "body": body, "more_body": body is not bodies[-1]} for body in bodies]
    told: list[Any] = []

    async def receive() -> Any:
        return said.pop(0) if said else await asyncio.Future()

    async def send(message: Any) -> None:
        told.append(message)

    await application(request.scope, receive, send)
    headers = [(name.decode(), value.decode("latin-1")) for name, value in told[0]["headers"]]
    return Reply(told[0]["status"], headers, b"".join(message.get("body", b"") for message in told[1:]))
