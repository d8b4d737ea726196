"""Calls the platform as a server does, WSGI or ASGI, with a request of any bytes."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from typing import Any
from urllib.parse import unquote, unquote_to_bytes
from wsgiref.util import setup_testing_defaults

from asgiref.sync import async_to_sync
from django.core.signals import request_finished, request_started
from django.db import close_old_connections

from cryptotrader.asgi import application as asgi
from cryptotrader.wsgi import application as wsgi


@dataclass(frozen=True)
class Sent:
    """A request: `path` is percent-encoded or not, as in the request line; a header may come twice."""

    method: str
    path: str
    query: str = ""
    headers: Sequence[tuple[str, str]] = ()
    body: bytes = b""


@dataclass(frozen=True)
class Told:
    status: int
    kind: str
    """The content type."""
    content: bytes


@contextmanager
def _in_the_tests_transaction() -> Iterator[None]:
    """Keeps the database connection, as Django's own client of tests does."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    try:
        yield
    finally:
        for signal in (request_started, request_finished):
            signal.connect(close_old_connections)


@_in_the_tests_transaction()
def by_wsgi(sent: Sent) -> Told:
    """As gunicorn does: it joins a repeated header with a comma, and tells the request line as RAW_URI."""
    environ: dict[str, Any] = {
        "REQUEST_METHOD": sent.method, "QUERY_STRING": sent.query, "REMOTE_ADDR": "127.0.0.1",
        "PATH_INFO": unquote_to_bytes(sent.path).decode("latin-1"),
        "RAW_URI": sent.path + (f"?{sent.query}" if sent.query else ""),
        "CONTENT_LENGTH": str(len(sent.body)), "wsgi.input": BytesIO(sent.body),
    }  # fmt: skip
    for name, value in sent.headers:
        key = ("" if name == "Content-Type" else "HTTP_") + name.upper().replace("-", "_")
        environ[key] = f"{environ[key]},{value}" if key in environ else value
    setup_testing_defaults(environ)
    told: list[Any] = []

    def start(status: str, headers: list[tuple[str, str]], fault: object = None) -> Callable[[bytes], object]:
        told.extend((status, dict(headers)))
        return told.append

    response = wsgi(environ, start)
    content = b"".join(response)
    response.close()
    return Told(int(told[0].split()[0]), told[1]["Content-Type"], content)


@_in_the_tests_transaction()
def by_asgi(sent: Sent) -> Told:
    """As uvicorn does."""
    lines = [(name.lower().encode(), value.encode("latin-1")) for name, value in sent.headers]
    scope = {
        "type": "http", "method": sent.method, "path": unquote(sent.path), "raw_path": sent.path.encode("latin-1"),
        "query_string": sent.query.encode("latin-1"), "http_version": "1.1",
        "headers": [*lines, (b"content-length", str(len(sent.body)).encode())],
        "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 80),
    }  # fmt: skip
    said = [{"type": "http.request", "body": sent.body, "more_body": False}]
    told: list[Any] = []

    async def receive() -> Any:
        return said.pop() if said else await asyncio.Future()

    async def send(message: Any) -> None:
        told.append(message)

    async_to_sync(asgi)(scope, receive, send)
    kind = dict(told[0]["headers"])[b"Content-Type"].decode()
    return Told(told[0]["status"], kind, b"".join(message.get("body", b"") for message in told[1:]))
