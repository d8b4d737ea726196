"""Ports of this machine: the wanted ones, and free ones."""

import socket
from collections.abc import Mapping


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
    """Returns a port that nobody uses now; another process may take it before you do."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
