"""The bytes of the server's frames, and the way on which a server takes them at once."""

from collections.abc import Callable

WRITES_NOW = "cryptotrader.writes_now"
"""The extension of a handshake's scope under which `BoundedSocket` offers a `WriteNow`. Other servers have none."""

WriteNow = Callable[[bytes], bool]
"""Writes a whole frame without waiting; False if the client must first read what was written before, or has gone."""

TEXT = 0x81
TWO_BYTES, EIGHT_BYTES = 126, 127
"""The marks of a length that doesn't fit into seven bits (RFC 6455, 5.2)."""


def text_frame(text: str) -> bytes:
    """Returns the whole text as one frame of a server, so unmasked and without compression."""
    payload = text.encode()
    length = len(payload)
    if length < TWO_BYTES:
        return bytes((TEXT, length)) + payload
    if length < 1 << 16:
        return bytes((TEXT, TWO_BYTES)) + length.to_bytes(2) + payload
    return bytes((TEXT, EIGHT_BYTES)) + length.to_bytes(8) + payload
