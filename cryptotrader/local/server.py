"""The interface of an embedded server: it starts, answers at a URL, and stops."""

from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import IO, Protocol

from cryptotrader.local.processes import Child

_LOG_SIZE_MAX = 5_000_000


class StartError(Exception):
    """An embedded server didn't start; the message ends with the last lines of its log."""


class Server(Protocol):
    """The common interface of Postgres and Valkey."""

    name: str
    log: Path

    def start(self) -> Child:
        """Starts the process, without waiting for its answer."""

    def start_again(self) -> Child:
        """Starts it again at the same address after it died: its clients know that address."""

    def url(self) -> str:
        """Returns its address: the value of DATABASE_URL or REDIS_URL."""

    def url_of(self, login: str) -> str:
        """Returns the address for one of `logins`, if this server knows them."""

    def answers(self) -> bool:
        """Whether it can be used now."""

    def stop(self, child: Child, hurry: Callable[[], bool]) -> None:
        """Stops it and waits until it's gone."""


def wheel_directory(package: str) -> Path:
    """Return the directory of a wheel without importing it: we need only its server. Raises StartError."""
    found = find_spec(package)
    if found is None or found.origin is None:
        raise StartError(f"the Python package {package} isn't installed")
    return Path(found.origin).parent


def open_log(path: Path) -> IO[bytes]:
    """Open a log to append to; past 5 MB, start it anew."""
    path.parent.mkdir(parents=True, exist_ok=True)
    full = path.exists() and path.stat().st_size > _LOG_SIZE_MAX
    return path.open("wb" if full else "ab")


def last_words(log: Path) -> str:
    """Return the end of a log, for an error message."""
    return "\n".join(log.read_text(errors="replace").splitlines()[-5:])
