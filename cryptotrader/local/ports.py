"""Ports of this machine: the wanted ones, and free ones."""

import fcntl
import os
import socket
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

FIRST, LAST = 20_000, 32_000
"""Below the ports that a system gives to outgoing connections: such a connection, even one to the dead server itself,
would take the port of a server before it starts or while it starts again."""


class PortError(Exception):
    """A port can't be used; the message says why, in one line."""


def wanted_port(environ: Mapping[str, str], name: str = "PORT", default: int = 8000) -> int:
    """Return the port in the variable `name`, or the default. Raises PortError if it isn't a valid port."""
    value = environ.get(name) or str(default)
    if not (value.isascii() and value.isdigit() and 0 < int(value) < 65536):
        raise PortError(f"{name} must be a number from 1 to 65535, not {value!r}")
    return int(value)


def refuse_busy_port(port: int, name: str = "PORT") -> None:
    """Raises PortError if a server could not listen there."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as the server does
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise PortError(f"port {port} can't be used ({error.strerror}): choose another with {name}=") from error


def free_port() -> int:
    """Returns a port as `free_ports` does."""
    return free_ports(1)[0]


def free_ports(many: int) -> list[int]:
    """Returns ports in a row that nobody uses now. Raises PortError if there are none.

    The next caller of this machine, in any process, gets later ones: these are still free when their servers start.
    """
    with _turn() as turn:
        given = turn.read()
        begin = int(given) if given.isascii() and given.isdigit() and FIRST <= int(given) <= LAST - many else FIRST
        for port in (*range(begin, LAST - many + 1), *range(FIRST, begin)):
            row = list(range(port, port + many))
            if all(map(_can_listen, row)):
                turn.seek(0)
                turn.truncate()
                turn.write(str(port + many))
                return row
    raise PortError(f"there are no {many} free ports from {FIRST} to {LAST - 1}")


@contextmanager
def _turn() -> Iterator[TextIO]:
    """Opens the file with the port that comes next; one caller at a time has it."""
    path = Path(tempfile.gettempdir()) / f"cryptotrader-ports-{os.getuid()}"
    with os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600), "r+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield file


def _can_listen(port: int) -> bool:
    try:
        refuse_busy_port(port)
    except PortError:
        return False
    return True
