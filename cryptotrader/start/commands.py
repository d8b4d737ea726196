"""The command line of each process. `make run`, images and service managers all take it from here."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

PYTHON = (sys.executable, "-m")
CELERY = (*PYTHON, "celery", "-A", "cryptotrader", "--quiet")
QUIET = ("--loglevel", "warning")
# Workers need no gossip among each other, and a supervisor notices the end of one better than heartbeats would.
ALONE = ("--without-gossip", "--without-mingle", "--without-heartbeat")

EXIT_WRONG_SETTING, EXIT_UNKNOWN_MIGRATIONS = 2, 3
"""Of the process that migrates, whose last line then names the variable, or says that the database belongs to another
version.
"""

EXIT_TABLE_LOCKED = 5
"""Of the same process: it waited for a table for as long as it may."""


class BadSetting(Exception):
    """A variable of the environment has a wrong value; the message names it."""


GRACE_SECONDS, WEB_WORKERS, WEB_THREADS, CONCURRENCY = 25, 2, 8, 2
SENDERS = 2
"""The tasks that wait for strangers, of webhooks and of pushes, one of each at a time. The worker has a slot more for
each: however late strangers answer, they take none from offers and mails."""


@dataclass(frozen=True, slots=True)
class Place:
    """The terms of the processes on one machine or in one container."""

    host: str
    port: int
    directory: Path
    """For files that a process may lose: the beat's schedule."""
    grace_seconds: int = GRACE_SECONDS
    """So long a stopped process finishes requests and tasks under way."""
    web_workers: int = WEB_WORKERS
    web_threads: int = WEB_THREADS
    concurrency: int = CONCURRENCY
    """The tasks that a worker runs side by side."""

    @classmethod
    def of(cls, environ: Mapping[str, str], directory: Path) -> "Place":
        """Returns the place that the environment describes, reachable from outside. Raises BadSetting."""
        return cls(
            host=environ.get("HOST") or "0.0.0.0",  # noqa: S104  (a container's network is the border)
            port=_number(environ, "PORT", 8000, most=65535),
            directory=directory,
            grace_seconds=_number(environ, "GRACE_SECONDS", GRACE_SECONDS),
            web_workers=_number(environ, "WEB_WORKERS", WEB_WORKERS),
            web_threads=_number(environ, "WEB_THREADS", WEB_THREADS),
            concurrency=_number(environ, "WORKER_CONCURRENCY", CONCURRENCY),
        )


def commands(place: Place) -> dict[str, tuple[str, ...]]:
    """Returns the command line of each process by its name. All of them start in the root of the sources."""
    side_by_side = ("--concurrency", str(place.concurrency))
    return {
        "web": _web(place),
        "stream": _stream(place),
        "worker": _worker("celery", "--concurrency", str(place.concurrency + SENDERS)),
        "settler": _worker("settlement", *side_by_side),
        # In a thread, a backup of an hour hears that its worker is to stop.
        "backup": _worker("backup", "--pool", "threads", "--concurrency", "1"),
        "beat": (*CELERY, "beat", "--schedule", str(place.directory / "schedule"), "--pidfile", "", *QUIET),
        "feed": (sys.executable, "manage.py", "run_feed"),
    }


def _web(place: Place) -> tuple[str, ...]:
    """Pages and REST under gunicorn: it finishes requests when it is stopped, and replaces a worker that hangs."""
    return (
        *(*PYTHON, "gunicorn", "cryptotrader.wsgi:application", "--bind", f"{place.host}:{place.port}"),
        *("--worker-class", "gthread", "--workers", str(place.web_workers), "--threads", str(place.web_threads)),
        # Longer than a proxy keeps an idle connection: else a request could meet the closing of its connection.
        *("--keep-alive", "75", "--timeout", "60", "--graceful-timeout", str(place.grace_seconds)),
        # On a disk, a worker's sign of life may wait for the disk.
        *("--worker-tmp-dir", "/dev/shm", "--log-level", "warning"),  # noqa: S108
        # It lies in the home of the account: all releases of a host would share it.
        "--no-control-socket",
    )


def _stream(place: Place) -> tuple[str, ...]:
    """Sockets, and pages and REST too, under uvicorn."""
    return (
        *(*PYTHON, "uvicorn", "cryptotrader.asgi:application", "--host", place.host, "--port", str(place.port)),
        *("--log-level", "warning", "--timeout-graceful-shutdown", str(place.grace_seconds)),
        # The platform itself reads forwarded addresses; and a client sends only short messages.
        *("--no-proxy-headers", "--ws-max-size", "65536", "--no-server-header"),
        # Sockets that don't read or answer end within 30 s. Compressing the first frames of a restart's thousands
        # of sockets would hold up everything else.
        *("--ws", "trading.streams.transport:BoundedSocket", "--ws-per-message-deflate", "false"),
        *("--ws-ping-interval", "10", "--ws-ping-timeout", "15"),
    )


def _worker(queue: str, *pool: str) -> tuple[str, ...]:
    return (*CELERY, "worker", "--queues", queue, *pool, *QUIET, *ALONE)


def _number(environ: Mapping[str, str], name: str, default: int, most: int = 1000) -> int:
    value = environ.get(name) or str(default)
    if not (value.isascii() and value.isdigit() and 0 < int(value) <= most):
        raise BadSetting(f"{name} must be a whole number from 1 to {most}, not {value!r}")
    return int(value)
