"""What an embedded server is to the rest: something that starts, answers at a URL, and stops."""

from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import IO, Protocol

from cryptotrader.local.processes import Child

_LOG_SIZE_MAX = 5_000_000


class StartError(Exception):
    """An embedded server didn't come up; the message ends with its last words."""


class Server(Protocol):
    """What Postgres and Valkey have in common."""

    name: str
    log: Path

    def start(self) -> Child:
        """Start the process, without waiting until it answers."""

    def start_again(self) -> Child:
        """Start it where it was, after it died: its clients know the address."""

    def url(self) -> str:
        """Where it is: the value of DATABASE_URL or REDIS_URL."""

    def url_of(self, login: str) -> str:
        """The same for one of `logins`, if this server knows them."""

    def answers(self) -> bool:
        """Whether it can be used now."""

    def stop(self, child: Child, hurry: Callable[[], bool]) -> None:
        """Stop it and wait until it's gone."""


def wheel_directory(package: str) -> Path:
    """Where a wheel's files are, without importing it: the servers are all we want of it. Raises StartError."""
    found = find_spec(package)
    if found is None or found.origin is None:
        raise StartError(f"the Python package {package} isn't installed")
    return Path(found.origin).parent


def open_log(path: Path) -> IO[bytes]:
    """A log to append to, begun anew when it has grown past 5 MB."""
    path.parent.mkdir(parents=True, exist_ok=True)
    full = path.exists() and path.stat().st_size > _LOG_SIZE_MAX
    return path.open("wb" if full else "ab")


def last_words(log: Path) -> str:
    """The end of a log, for an error message."""
    return "\n".join(log.read_text(errors="replace").splitlines()[-5:])
