"""A process of listening sockets, which count frames at little cost: the measurement is of the server."""

import asyncio
import re
import socket
import time
from base64 import b64encode
from multiprocessing.connection import Connection

CONNECTING_AT_ONCE = 50
STALLED_BYTES = 4096
AGES_EACH = 20
"""The age of each such frame is kept, in milliseconds."""
HEAD = b"GET /ws/v1 HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
HANDSHAKE = HEAD + b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: " + b64encode(b"0" * 16) + b"\r\n\r\n"
UPDATE = re.compile(rb'\{"type":"update","channel":"[^"]*","seq":([0-9]+)')
PING, PONG = re.compile(rb"\x89\x04(....)", re.DOTALL), b"\x8a\x84\0\0\0\0"


def request(text: str) -> bytes:
    """A client's text frame of at most 125 bytes."""
    payload = text.encode()
    return bytes((0x81, 0x80 | len(payload))) + b"\0\0\0\0" + payload


class Ear(asyncio.Protocol):
    """One socket that reads."""

    count = 0
    ages: list[float] = []

    def __init__(self, symbol: str, ready: "asyncio.Future[None]") -> None:
        self._subscribe = request(f'{{"op":"subscribe","channel":"prices.{symbol}"}}')
        self._ready = ready
        self._open = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)  # noqa: S101  (for the type checker)
        self._transport = transport
        transport.write(HANDSHAKE)

    def data_received(self, data: bytes) -> None:
        if not self._open:
            self._open = True
            self._transport.write(self._subscribe)
        elif not self._ready.done():
            if b'"snapshot"' in data:
                self._ready.set_result(None)
        else:
            self._count(data)

    def _count(self, data: bytes) -> None:
        for number in UPDATE.findall(data):
            Ear.count += 1
            if Ear.count % AGES_EACH == 0:
                Ear.ages.append((time.monotonic_ns() // 1000 - int(number)) / 1000)
        if data[0] == 0x89:
            for payload in PING.findall(data):
                self._transport.write(PONG + payload)


def listen(port: int, count: int, stalled: int, symbol: str, told: Connection) -> None:
    """The main of the process: connect, say `there`, and answer the next word with the count and ages."""
    asyncio.run(_listen(port, count, stalled, symbol, told))


async def _listen(port: int, count: int, stalled: int, symbol: str, told: Connection) -> None:
    deaf = [_deaf(port, symbol) for _ in range(stalled)]
    gate = asyncio.Semaphore(CONNECTING_AT_ONCE)
    loop = asyncio.get_running_loop()

    async def one() -> None:
        async with gate:
            ready: asyncio.Future[None] = loop.create_future()
            await loop.create_connection(lambda: Ear(symbol, ready), "127.0.0.1", port)
            await ready

    await asyncio.gather(*(one() for _ in range(count)))
    Ear.count, Ear.ages = 0, []
    told.send("there")
    await asyncio.to_thread(told.recv)
    told.send((Ear.count, Ear.ages))
    for each in deaf:
        each.close()


def _deaf(port: int, symbol: str) -> socket.socket:
    """A client that asks for everything, and reads nothing after the handshake."""
    client = socket.socket()
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, STALLED_BYTES)
    client.connect(("127.0.0.1", port))
    client.sendall(HANDSHAKE)
    client.recv(1024)
    client.sendall(request(f'{{"op":"subscribe","channel":"prices.{symbol}"}}'))
    return client
