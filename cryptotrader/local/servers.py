"""The embedded servers that this machine needs, started together and stopped in the end, whatever happens."""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from cryptotrader.local.postgres import Postgres
from cryptotrader.local.processes import Child, StopRequest
from cryptotrader.local.server import Server, StartError, last_words
from cryptotrader.local.valkey import Valkey

_START_SECONDS = 30.0


@contextmanager
def servers(home: Path, environ: Mapping[str, str], stop: StopRequest, *, durable: bool) -> Iterator[dict[str, str]]:
    """Run the servers that `environ` doesn't name, and hand out their DATABASE_URL and REDIS_URL.

    Data and logs are kept under `home`. Raises StartError, or StopAsked when a stop is asked meanwhile.
    """
    wanted: dict[str, Server] = {}
    if not environ.get("DATABASE_URL"):
        wanted["DATABASE_URL"] = Postgres(home, durable=durable)
    if not environ.get("REDIS_URL"):
        wanted["REDIS_URL"] = Valkey(home, durable=durable)
    running: dict[str, Child] = {}
    try:
        for variable, server in wanted.items():
            running[variable] = server.start()
        for variable, server in wanted.items():
            _wait_until_it_answers(variable, server, running, stop)
        yield {variable: server.url() for variable, server in wanted.items()}
    finally:
        for variable, child in reversed(running.items()):
            wanted[variable].stop(child, lambda: stop.urgent)


def _wait_until_it_answers(variable: str, server: Server, running: dict[str, Child], stop: StopRequest) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while not server.answers():
        stop.refuse_if_asked()
        ended = running[variable].exit_code() is not None
        if time.monotonic() > deadline:
            raise StartError(f"{server.name} did not start:\n{last_words(server.log)}")
        if ended:
            # After `kill -9`, PostgreSQL refuses for a moment: its old pid file and shared memory look alive.
            time.sleep(0.5)
            running[variable] = server.start()
        time.sleep(0.02)
