"""uvicorn's WebSocket with bounds that hold for clients that don't read, or never stop talking.

Start uvicorn with `--ws trading.streams.transport:BoundedSocket`. It builds on uvicorn's inner methods, so the tests of
this file decide about each new version.
"""

import socket
from asyncio import BaseTransport
from enum import IntEnum
from functools import lru_cache
from typing import TYPE_CHECKING

from uvicorn.protocols.utils import ClientDisconnected
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import CloseCode
from websockets.protocol import State

from trading.streams.frames import WRITES_NOW, text_frame
from trading.streams.protocol import RESTARTING, Close, come_back

if TYPE_CHECKING:
    import asyncio

    from uvicorn._types import ASGISendEvent

UNSENT_BYTES_MAX = 64 * 1024
"""In this process, above the frame that is being sent; and about as much in the system."""
MESSAGES_WAITING_MAX = 200
ABORT_SECONDS = 5.0
"""So long a closed socket may take to read the close frame."""


_frame_of = lru_cache(maxsize=64)(text_frame)


class BoundedSocket(WebSocketsSansIOProtocol):
    def connection_made(self, transport: BaseTransport) -> None:
        """Keep the system from storing megabytes for a client that doesn't read."""
        super().connection_made(transport)
        self.transport.set_write_buffer_limits(high=UNSENT_BYTES_MAX)
        if (own := transport.get_extra_info("socket")) is not None and own.family != socket.AF_UNIX:
            own.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, UNSENT_BYTES_MAX)

    async def run_asgi(self) -> None:
        """The application may write frames that it has encoded itself, once for all sockets."""
        if not self.conn.extensions:
            offered = self.scope["extensions"] or {}
            self.scope["extensions"] = {**offered, WRITES_NOW: self._write_now}  # type: ignore[dict-item]
        await super().run_asgi()

    def _write_now(self, frame: bytes) -> bool:
        if not self.writable.is_set() or self.disconnected or self.close_sent or self.conn.state is not State.OPEN:
            return False
        self.transport.write(frame)
        return True

    async def send(self, message: "ASGISendEvent") -> None:
        """A close doesn't wait until the client has read everything before it: that may be never."""
        if message["type"] == "websocket.send" and self.handshake_complete and not self.conn.extensions:
            await self._send_text(str(message["text"]))
            return
        if message["type"] == "websocket.close" and self.handshake_complete:
            self.writable.set()
            self._abort_soon()
        await super().send(message)
        if message["type"] == "websocket.http.response.body" and not message.get("more_body", False):
            self.handshake_complete = True  # by a refusal: else uvicorn logs each stranger's as an error of ours

    async def _send_text(self, text: str) -> None:
        """Without compression a text has the same bytes on every socket: they are made once, and stored once."""
        await self.writable.wait()
        if self.disconnected or self.close_sent or self.conn.state is not State.OPEN:
            raise ClientDisconnected
        self.transport.write(_frame_of(text))

    def shutdown(self) -> None:
        """uvicorn ends. A close that waits for the client's answer reaches it; a reset connection would lose it."""
        if not self.handshake_complete or self.close_sent:
            super().shutdown()
            return
        self.stop_keepalive()
        self._close_with(Close.RESTART, come_back(RESTARTING, len(self.connections)))

    def send_receive_event_to_app(self) -> None:
        """A client that sends faster than its messages are handled is a flood, not a queue.

        A text that isn't UTF-8 is a client's fault: it closes the socket, and is no error of ours.
        """
        if self.curr_msg_data_type == "text" and not self.close_sent and not self._is_utf8():
            self.frames = []
            self._close_with(CloseCode.INVALID_DATA, "text messages are UTF-8")
            return
        if self.queue.qsize() < MESSAGES_WAITING_MAX or self.close_sent:
            super().send_receive_event_to_app()
            return
        self._close_with(Close.TOO_MANY, "too many messages at once")
        self._abort_soon()

    def keepalive_timeout(self) -> None:
        """No answer to a ping: the client is away, or it doesn't read."""
        self.stop_keepalive()
        if not self.close_sent and not self.transport.is_closing():
            self._close_with(Close.TOO_SLOW, "no answer to a ping")
        self._abort_soon()

    def on_task_complete(self, task: "asyncio.Task[None]") -> None:
        """The application is done with this socket."""
        super().on_task_complete(task)
        self._abort_soon()

    def data_received(self, data: bytes) -> None:
        """After the end of a connection that can't be parsed, later bytes are dropped."""
        if not (self.close_sent and self.conn.parser_exc is not None):
            super().data_received(data)

    def handle_parser_exception(self) -> None:
        """Something came that can't be read: the parser itself has written the close frame."""
        told = self.conn.close_sent
        if told is None:  # there was no handshake
            self.transport.close()
        elif not self.close_sent:
            self._end(told.code, told.reason)
            if self.transport.can_write_eof():  # nothing that could be an answer to the close frame is read any more
                self.transport.write_eof()

    def _is_utf8(self) -> bool:
        try:
            b"".join(self.frames).decode()
        except UnicodeDecodeError:
            return False
        return True

    def _close_with(self, code: IntEnum, reason: str) -> None:
        self.conn.send_close(int(code), reason)
        self._end(int(code), reason)

    def _end(self, code: int, reason: str) -> None:
        """Tell the application and the client, and read on until the client has closed.

        A connection that is closed over unread bytes is reset, and a reset takes the close frame away from a client
        that is still sending: it would never learn the code.
        """
        self.queue.put_nowait({"type": "websocket.disconnect", "code": code, "reason": reason})
        self.transport.write(b"".join(self.conn.data_to_send()))
        self.close_sent = True
        if self.close_timer is None:  # with it, the end of the application doesn't close the connection at once
            self.close_timer = self.loop.call_later(ABORT_SECONDS, self.transport.close)
        if self.read_paused:
            self.read_paused = False
            self.transport.resume_reading()
        self._abort_soon()

    def _abort_soon(self) -> None:
        self.loop.call_later(ABORT_SECONDS, self.transport.abort)
