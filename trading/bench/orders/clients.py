"""Clients that order, in a process of their own: connections that are kept, and as little work as possible."""

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import count, cycle
from multiprocessing.connection import Connection

import uvloop

BODY = b'{"amount":1,"direction":"%s","duration":60,"instrument":"BTC-USDT"}'


@dataclass(slots=True)
class Noted:
    """The seconds of each answered request, and how many had which status. 0: the connection broke."""

    seconds: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    took: float = 0.0


@dataclass(frozen=True, slots=True)
class Task:
    """The load: `connections` send one order after the other; or `rate` arrivals a second each read and order."""

    port: int
    path: str
    tokens: Sequence[str]
    seconds: float
    stamp: str
    """In the keys of its orders: no other load has it."""
    connections: int = 0
    rate: float = 0.0


def work(wire: Connection) -> None:
    """Does each task that comes, and sends what it has noted; None ends the process."""
    while (task := wire.recv()) is not None:
        wire.send(uvloop.run(_closed(task) if task.connections else _open(task)))


class _Client(asyncio.Protocol):
    """One connection, with one request at a time."""

    def __init__(self) -> None:
        self._answered: asyncio.Future[int] | None = None
        self._buffer = bytearray()
        self.is_open = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport, self.is_open = transport, True

    def send(self, request: bytes) -> "asyncio.Future[int]":
        """Returns the status of the answer, when it comes."""
        self._answered = asyncio.get_running_loop().create_future()
        if not self.is_open:
            self._answered.set_result(0)
            return self._answered
        self._transport.write(request)  # type: ignore[attr-defined]  # a transport of TCP
        return self._answered

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        head = self._buffer.find(b"\r\n\r\n")
        if head < 0:
            return
        lower = self._buffer[:head].lower()
        at = lower.find(b"content-length:")
        length = int(lower[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 else 0
        if len(self._buffer) >= head + 4 + length and self._answered is not None:
            status = int(self._buffer[9:12])
            self._buffer.clear()
            self._answered.set_result(status)

    def connection_lost(self, error: Exception | None) -> None:
        self.is_open = False
        if self._answered is not None and not self._answered.done():
            self._answered.set_result(0)


class _Requests:
    """The bytes of requests: each person in turn, each order with a key of its own."""

    def __init__(self, task: Task) -> None:
        self._task, self._numbers = task, count()
        self._tokens = cycle(task.tokens)

    def _head(self, method: str, more: str = "") -> bytes:
        lines = f"{method} {self._task.path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {next(self._tokens)}"
        return f"{lines}\r\n{more}\r\n".encode()

    def order(self) -> bytes:
        number = next(self._numbers)
        body = BODY % (b"down" if number % 2 else b"up")
        key = f"Idempotency-Key: {self._task.stamp}-{number}\r\n"
        return self._head("POST", f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n{key}") + body

    def read(self) -> bytes:
        return self._head("GET")


async def _connect(port: int) -> _Client:
    _, client = await asyncio.get_running_loop().create_connection(_Client, "127.0.0.1", port)
    return client


async def _closed(task: Task) -> Noted:
    noted, requests = Noted(), _Requests(task)
    clients = [await _connect(task.port) for _ in range(task.connections)]
    began = time.perf_counter()

    async def play(client: _Client) -> None:
        while (sent := time.perf_counter()) - began < task.seconds and client.is_open:
            status = await client.send(requests.order())
            noted.seconds.append(time.perf_counter() - sent)
            noted.statuses[status] += 1

    await asyncio.gather(*(play(client) for client in clients))
    noted.took = time.perf_counter() - began
    return noted


async def _open(task: Task) -> Noted:
    """An arrival reads its trades, then orders; it waits for no other one. A late start counts as waiting."""
    noted, requests = Noted(), _Requests(task)
    idle: list[_Client] = []
    began = time.perf_counter()

    async def ask(client: _Client, make: Callable[[], bytes], since: float) -> None:
        status = await client.send(make())
        noted.seconds.append(time.perf_counter() - since)
        noted.statuses[status] += 1

    async def arrive(due: float) -> None:
        while idle and not idle[-1].is_open:  # a server closes a connection that has been quiet
            idle.pop()
        client = idle.pop() if idle else await _connect(task.port)
        await ask(client, requests.read, due)
        if client.is_open:
            await ask(client, requests.order, time.perf_counter())
        if client.is_open:
            idle.append(client)

    arrivals = []
    for number in range(int(task.rate * task.seconds)):
        due = began + number / task.rate
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        arrivals.append(asyncio.ensure_future(arrive(due)))
    await asyncio.gather(*arrivals)
    noted.took = time.perf_counter() - began
    return noted
