"""Takes a snapshot of Redis over its protocol, as a replica does: the server may be on another machine."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from django.conf import settings
from redis import Redis, RedisError, ResponseError

from accounts.redis_client import redis_client
from monitoring.archive.parts import CHUNK_BYTES
from monitoring.archive.watch import Watch

TIMEOUT_SECONDS = 30
"""The longest silence. While the server writes its snapshot, it sends a line break each second."""

_LINE_BYTES_MAX = 1024


class NoSnapshot(Exception):
    """Redis gave none: it is gone, or doesn't allow it. A backup is whole without it."""


class _Snapshot:
    """The bytes of a snapshot, up to the announced length."""

    def __init__(self, connection: Any, length: int, watch: Watch) -> None:
        self._connection, self._rest, self._watch = connection, length, watch

    def read(self, size: int = CHUNK_BYTES) -> bytes:
        """Raises NoSnapshot when it is cut off, and Stopped."""
        self._watch.go_on()
        if not self._rest:
            return b""
        data = _receive(self._connection, min(size, self._rest))
        self._rest -= len(data)
        return data


@contextmanager
def redis_snapshot(watch: Watch) -> Iterator[_Snapshot]:
    """Ask Redis for a snapshot of all its databases. Raises NoSnapshot."""
    with redis_client(settings.BACKUP_REDIS_URL, socket_timeout=TIMEOUT_SECONDS, socket_connect_timeout=5) as redis:
        connection = _connected(redis)
        try:
            yield _Snapshot(connection, _begin(connection), watch)
        finally:
            connection.disconnect()  # the stream of a replica is no longer an ordinary connection
            redis.connection_pool.release(connection)


def _connected(redis: Redis) -> Any:
    try:
        return redis.connection_pool.get_connection()
    except (RedisError, OSError) as error:
        raise NoSnapshot(f"Redis gives no snapshot: {error}") from error


def _begin(connection: Any) -> int:
    """Returns the length of the snapshot that follows."""
    try:
        connection.send_command("REPLCONF", "rdb-only", "1")  # no changes after it; old servers don't know this
        with suppress(ResponseError):
            connection.read_response()
        connection.send_command("SYNC")
    except (RedisError, OSError) as error:
        raise NoSnapshot(f"Redis gives no snapshot: {error}") from error
    line = _line(connection)
    if not line.startswith(b"$") or not line[1:].isdigit():
        raise NoSnapshot(f"Redis gives no snapshot: {line.decode(errors='replace')}")
    return int(line[1:])


def _line(connection: Any) -> bytes:
    """Reads the first line that isn't empty. Byte by byte: the snapshot follows at once."""
    line = b""
    while True:
        byte = _receive(connection, 1)
        if byte != b"\n":
            line += byte
        elif line.strip():
            return line.strip()
        if len(line) > _LINE_BYTES_MAX:
            raise NoSnapshot("Redis gives no snapshot, but a long answer")


def _receive(connection: Any, size: int) -> bytes:
    try:
        # The client has no public way to read what isn't an answer.
        data: bytes = connection._sock.recv(size)
    except OSError as error:
        raise NoSnapshot(f"Redis gave only a part of its snapshot: {error}") from error
    if not data:
        raise NoSnapshot("Redis gave only a part of its snapshot: it closed the connection")
    return data
