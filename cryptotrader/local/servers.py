"""Starts the embedded servers that this machine needs, together, and always stops them in the end."""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from cryptotrader.local.archive import VARIABLE
from cryptotrader.local.backoff import Backoff
from cryptotrader.local.postgres import Postgres
from cryptotrader.local.processes import Child, StopRequest, how_it_ended
from cryptotrader.local.server import Server, StartError, last_words
from cryptotrader.local.valkey import Valkey

_START_SECONDS = 30.0


@dataclass(slots=True)
class _Running:
    variable: str
    server: Server
    child: Child
    started_at: float
    start_due_at: float | None = None
    backoff: Backoff = field(default_factory=Backoff)


class Servers:
    """The servers of one run."""

    def __init__(self, wanted: Mapping[str, Server], clock: Callable[[], float] = time.monotonic) -> None:
        self._wanted = wanted
        self._clock = clock
        self._running: list[_Running] = []

    @property
    def urls(self) -> dict[str, str]:
        """DATABASE_URL and REDIS_URL of the servers that we run."""
        return {variable: server.url() for variable, server in self._wanted.items()}

    def urls_of(self, login: str) -> dict[str, str]:
        """Returns these URLs for a program with this login of our PostgreSQL."""
        return {variable: server.url_of(login) for variable, server in self._wanted.items()}

    def start(self, stop: StopRequest) -> None:
        """Starts all and waits until they answer. Raises StartError; StopRequested when asked to stop meanwhile."""
        for variable, server in self._wanted.items():
            self._running.append(_Running(variable, server, server.start(), self._clock()))
        for entry in self._running:
            _wait_until_it_answers(entry, stop)

    def revive(self, say: Callable[[str], None]) -> None:
        """Restarts dead servers at the same address. Call it now and then."""
        for entry in self._running:
            now = self._clock()
            if entry.start_due_at is not None:
                if now >= entry.start_due_at:
                    entry.child, entry.started_at, entry.start_due_at = entry.server.start_again(), now, None
            elif (code := entry.child.exit_code()) is not None:
                wait = entry.backoff.after_crash(now - entry.started_at)
                entry.start_due_at = now + wait
                say(f"{entry.server.name} {how_it_ended(code)}; starting it again in {wait:g} s")

    def stop(self, stop: StopRequest) -> None:
        """Stops them, the last one first."""
        for entry in reversed(self._running):
            entry.server.stop(entry.child, lambda: stop.urgent)


@contextmanager
def servers(home: Path, environ: Mapping[str, str], stop: StopRequest, *, durable: bool) -> Iterator[Servers]:
    """Run the servers that `environ` doesn't name; their data and logs stay under `home`.

    Raises StartError, or StopRequested when asked to stop meanwhile.
    """
    wanted: dict[str, Server] = {}
    if not environ.get("DATABASE_URL"):
        archive = environ.get(VARIABLE)
        wanted["DATABASE_URL"] = Postgres(home, durable=durable, archive=Path(archive).resolve() if archive else None)
    if not environ.get("REDIS_URL"):
        wanted["REDIS_URL"] = Valkey(home, durable=durable)
    started = Servers(wanted)
    try:
        started.start(stop)
        yield started
    finally:
        started.stop(stop)


def _wait_until_it_answers(entry: _Running, stop: StopRequest) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while not entry.server.answers():
        stop.refuse_if_asked()
        if time.monotonic() > deadline:
            raise StartError(f"{entry.server.name} did not start:\n{last_words(entry.server.log)}")
        if entry.child.exit_code() is not None:
            # After `kill -9`, PostgreSQL refuses for a moment: its old pid file and shared memory look alive.
            time.sleep(0.5)
            entry.child = entry.server.start()
        time.sleep(0.02)
