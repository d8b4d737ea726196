"""A small WebSocket client (RFC 6455), for the texts of one site."""

import base64
import json
import os
import socket
import ssl
import struct
from collections.abc import Mapping
from types import TracebackType
from typing import Any
from urllib.parse import urlsplit

from deploy.ct.smoke.web import TIMEOUT_SECONDS, Web

TEXT, CLOSE, PING, PONG = 0x1, 0x8, 0x9, 0xA


class Stream:
    """One socket. A context manager: it closes the connection."""

    def __init__(self, web: Web, path: str, headers: Mapping[str, str] | None = None) -> None:
        """Opens the socket. Raises OSError if the server refuses the handshake."""
        plain = socket.create_connection(web.address, timeout=TIMEOUT_SECONDS)
        self._socket: ssl.SSLSocket = web.context.wrap_socket(plain, server_hostname=web.host)
        self._read = self._socket.makefile("rb")
        key = base64.b64encode(os.urandom(16)).decode()
        lines = {
            "Host": urlsplit(web.url).netloc,
            "Origin": web.url,
            "Upgrade": "websocket",
            "Connection": "Upgrade",
            "Sec-WebSocket-Key": key,
            "Sec-WebSocket-Version": "13",
            **(headers or {}),
        }
        request = f"GET {path} HTTP/1.1\r\n" + "".join(f"{name}: {value}\r\n" for name, value in lines.items())
        self._socket.sendall(f"{request}\r\n".encode())
        status = self._read.readline().decode("latin-1").strip()
        while self._read.readline() not in (b"\r\n", b""):
            pass
        if " 101 " not in f"{status} ":
            self._socket.close()
            raise OSError(f"the handshake was answered {status}")

    def __enter__(self) -> "Stream":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._read.close()
        self._socket.close()

    def send(self, message: Mapping[str, object]) -> None:
        """Sends a JSON text."""
        self._send(TEXT, json.dumps(message).encode())

    def receive(self) -> dict[str, Any]:
        """Returns the next JSON text. Raises OSError when the socket has closed, or nothing comes in time."""
        while True:
            kind, content = self._frame()
            if kind == TEXT:
                found: dict[str, Any] = json.loads(content)
                return found
            if kind == PING:
                self._send(PONG, content)
            if kind == CLOSE:
                code = struct.unpack("!H", content[:2])[0] if len(content) >= 2 else 1005
                raise OSError(f"the socket was closed with {code} {content[2:].decode('utf-8', 'replace')}")

    def _frame(self) -> tuple[int, bytes]:
        first, second = self._exactly(2)
        length = second & 0x7F
        if length == 126:
            length = struct.unpack("!H", self._exactly(2))[0]
        elif length == 127:
            length = struct.unpack("!Q", self._exactly(8))[0]
        return first & 0x0F, self._exactly(length)

    def _exactly(self, count: int) -> bytes:
        found = self._read.read(count)
        if len(found) < count:
            raise OSError("the socket broke off")
        return found

    def _send(self, kind: int, content: bytes) -> None:
        mask = os.urandom(4)
        masked = bytes(byte ^ mask[index % 4] for index, byte in enumerate(content))
        self._socket.sendall(bytes([0x80 | kind]) + _length(len(content)) + mask + masked)


def _length(count: int) -> bytes:
    """The length of a masked frame, in one, three or nine bytes."""
    if count < 126:
        return struct.pack("!B", 0x80 | count)
    if count <= 0xFFFF:
        return struct.pack("!BH", 0x80 | 126, count)
    return struct.pack("!BQ", 0x80 | 127, count)
