"""uvicorn ends sockets that don't read, don't answer or never stop talking, and stores little for them."""

import asyncio
import base64
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
import uvicorn

from accounts.tests.patience import PATIENCE_SECONDS
from trading.streams.transport import MESSAGES_WAITING_MAX, UNSENT_BYTES_MAX, BoundedSocket

FRAME = "x" * 100_000
HANDSHAKE = (
    b"GET /ws/v1 HTTP/1.1\r\nHost: testserver\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: " + base64.b64encode(b"0" * 16) + b"\r\n\r\n"
)
App = Callable[[Any, Any], Awaitable[None]]


@dataclass
class Server:
    """A running server, and what it did."""

    port: int
    sent: int = 0
    over: asyncio.Event = field(default_factory=asyncio.Event)
    left: Callable[[], set[Any]] = set

    async def is_rid_of_everybody(self) -> None:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while self.left():
                await asyncio.sleep(0.02)


@asynccontextmanager
async def serving(
    talk: Callable[[Server, Any, Any], Awaitable[None]], ping: dict[str, Any] | None = None, accepts: bool = True
) -> AsyncIterator[Server]:
    state = Server(0)

    async def application(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        if accepts:
            await send({"type": "websocket.accept"})
        try:
            await talk(state, receive, send)
        finally:
            state.over.set()

    quiet: dict[str, Any] = {
        "log_level": "error",
        "log_config": None,
        "lifespan": "off",
        "ws_per_message_deflate": False,
    }
    config = uvicorn.Config(application, port=0, ws=BoundedSocket, **quiet, **(ping or {}))
    config.load()
    server = uvicorn.Server(config)
    server.lifespan = config.lifespan_class(config)
    await server.startup()
    state.port = server.servers[0].sockets[0].getsockname()[1]
    state.left = lambda: server.server_state.connections
    try:
        yield state
    finally:
        server.should_exit = True
        for connection in set(server.server_state.connections):
            connection.transport.abort()
        await server.shutdown()


async def connected(server: Server) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """A client that has shaken hands, and reads no more than that."""
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port, limit=1024)
    writer.write(HANDSHAKE)
    async with asyncio.timeout(PATIENCE_SECONDS):
        await reader.readuntil(b"\r\n\r\n")
    return reader, writer


async def close_code(reader: asyncio.StreamReader) -> int:
    """The code of the close frame, the only thing that comes."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while (head := await reader.readexactly(2))[0] != 0x88:
            await reader.readexactly(head[1])
        return int(struct.unpack("!H", (await reader.readexactly(head[1]))[:2])[0])


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("trading.streams.transport.ABORT_SECONDS", 0.1)


async def test_a_client_that_does_not_read_is_closed_and_little_is_stored_for_it() -> None:
    async def talk(state: Server, receive: Any, send: Any) -> None:
        try:
            while True:
                async with asyncio.timeout(0.5):
                    await send({"type": "websocket.send", "text": FRAME})
                state.sent += len(FRAME)
        except TimeoutError:
            (connection,) = state.left()
            assert connection.transport.get_write_buffer_size() <= UNSENT_BYTES_MAX + len(FRAME) + 10
            await send({"type": "websocket.close", "code": 4408})

    async with serving(talk) as server:
        _, writer = await connected(server)
        await server.over.wait()
        await server.is_rid_of_everybody()
        writer.close()


async def test_a_client_that_answers_no_ping_is_closed() -> None:
    async def talk(_: Server, receive: Any, send: Any) -> None:
        assert (await receive())["code"] == 4408

    async with serving(talk, {"ws_ping_interval": 0.05, "ws_ping_timeout": 0.1}) as server:
        reader, writer = await connected(server)
        assert await close_code(reader) == 4408
        await server.is_rid_of_everybody()
        writer.close()


async def test_a_client_that_never_stops_talking_is_closed() -> None:
    told = asyncio.Event()

    async def talk(_: Server, receive: Any, send: Any) -> None:
        await told.wait()
        while (await receive())["type"] != "websocket.disconnect":
            pass

    async with serving(talk) as server:
        reader, writer = await connected(server)
        writer.write((b"\x81\x82" + b"\0" * 4 + b"{}") * (MESSAGES_WAITING_MAX + 2))
        assert await close_code(reader) == 4429
        told.set()
        await server.is_rid_of_everybody()
        writer.close()


async def test_a_text_that_is_not_utf8_closes_the_socket_without_an_error(caplog: pytest.LogCaptureFixture) -> None:
    async def talk(server: Server, receive: Any, send: Any) -> None:
        assert (await receive())["code"] == 1007

    async with serving(talk) as server:
        reader, writer = await connected(server)
        writer.write(bytes([0x81, 0x82, 0, 0, 0, 0, 0xFF, 0xFE]))
        assert await close_code(reader) == 1007
        writer.close()
        await server.is_rid_of_everybody()
    assert caplog.records == []


async def test_a_handshake_that_is_refused_with_an_answer_is_no_error_of_ours(caplog: pytest.LogCaptureFixture) -> None:
    async def refuse(_: Server, receive: Any, send: Any) -> None:
        await send({"type": "websocket.http.response.start", "status": 429, "headers": []})
        for more, part in ((True, b"too "), (False, b"many")):
            await send({"type": "websocket.http.response.body", "body": part, "more_body": more})

    async with serving(refuse, accepts=False) as server:
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.write(HANDSHAKE)
        async with asyncio.timeout(PATIENCE_SECONDS):
            answer = await reader.read()
        writer.close()
        await server.is_rid_of_everybody()
    assert answer.startswith(b"HTTP/1.1 429 ")
    assert answer.endswith(b"too many")
    assert caplog.records == []


BULK = b"x" * 60_000
LONG = b"\x81\xfe" + struct.pack("!H", len(BULK)) + b"\0" * 4 + BULK
FLOODS = {
    "too many messages": ((b"\x81\x82" + b"\0" * 4 + b"{}") * (MESSAGES_WAITING_MAX + 2), 4429),
    "no UTF-8": (b"\x81\x81" + b"\0" * 4 + b"\xff", 1007),
    "a message that is too large": (b"\x81\xff" + struct.pack("!Q", 2**20) + b"\0" * 4, 1009),
    "no frame at all": (b"\xff\xff" + b"\0" * 12, 1002),
}


@pytest.mark.parametrize("flood", FLOODS)
async def test_a_client_that_goes_on_talking_still_reads_why_it_was_closed(
    flood: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Megabytes are on their way when the close frame comes: a reset over them would be all that the client sees."""
    said, code = FLOODS[flood]

    async def talk(_: Server, receive: Any, send: Any) -> None:
        while (await receive())["type"] != "websocket.disconnect":
            await asyncio.sleep(0)

    async with serving(talk, {"ws_max_size": 65536}) as server:
        reader, writer = await connected(server)
        writer.write(said + LONG * 100)
        assert await close_code(reader) == code
        writer.write(b"\x88\x82" + b"\0" * 4 + struct.pack("!H", code))
        await server.is_rid_of_everybody()
        writer.close()
