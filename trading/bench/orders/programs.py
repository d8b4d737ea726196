"""The programs of the measurement: servers, a feed, clients, PostgreSQL, pgbench; and their processor time."""

import multiprocessing
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from http.client import HTTPConnection
from multiprocessing.connection import Connection
from pathlib import Path

import psutil
from django.conf import settings
from django.db import connection

from trading.bench.orders.clients import work

UVICORN = ("-m", "uvicorn", "cryptotrader.asgi:application", "--log-level", "warning", "--no-proxy-headers")
GUNICORN = ("-m", "gunicorn", "--worker-class", "gthread", "--workers", "2", "--threads", "8", "--log-level", "warning")
SERVERS = {
    "gateway": (*UVICORN, "--host", "127.0.0.1", "--port", "{port}"),
    "DRF": (*GUNICORN, "cryptotrader.wsgi:application", "--bind", "127.0.0.1:{port}"),
    "plain": (*GUNICORN, "trading.bench.orders.plain_site:application", "--bind", "127.0.0.1:{port}"),
}
"""As production runs them: `stream` and `web`."""

PATHS = {"gateway": "/api/v1/flash-trades", "DRF": "/api/v1/flash-trades", "plain": "/api/plain/flash-trades"}
FEED = ("manage.py", "run_feed", "--feed", "simulated")
START_SECONDS_MAX = 120
RATES = "address=1000000000,requests=1000000000,orders=1000000000,quotes=1000000000"
"""Counted as ever, and never reached."""


class NotMeasured(Exception):
    """A program didn't start, or requests failed."""


@contextmanager
def program(command: Sequence[str], directory: Path) -> Iterator["subprocess.Popen[bytes]"]:
    """Runs one of our programs, with the lines of its log in a file."""
    counts = {"METRICS_DIR": str(directory / "metrics"), "METRICS_PROGRAM": "web"}
    environ = os.environ | counts | {"RATES_A_MINUTE": RATES, "LOG_LEVEL": "INFO", "LOG_FORMAT": "json"}
    environ |= {"DJANGO_DEBUG": "0", "SECURE_SSL_REDIRECT": "0", "SITE_URL": "http://127.0.0.1"}
    with (directory / "log").open("ab") as log:
        process = subprocess.Popen(  # noqa: S603  (commands are ours)
            [sys.executable, *command], cwd=settings.BASE_DIR, env=environ, stdout=log, stderr=log
        )
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextmanager
def server(name: str, port: int, directory: Path) -> Iterator["subprocess.Popen[bytes]"]:
    """Runs the server of a door until the end of the block. Raises NotMeasured if it doesn't answer."""
    with program([word.format(port=port) for word in SERVERS[name]], directory) as process:
        deadline = time.monotonic() + START_SECONDS_MAX
        while not _answers(port, PATHS[name]):
            if time.monotonic() > deadline or process.poll() is not None:
                raise NotMeasured(f"{name} doesn't answer: {(directory / 'log').read_text()[-2000:]}")
            time.sleep(0.1)
        yield process


def _answers(port: int, path: str) -> bool:
    asking = HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        asking.request("GET", path)
        return asking.getresponse().status in (401, 403, 405)
    except OSError:
        return False
    finally:
        asking.close()


@contextmanager
def clients() -> Iterator[Connection]:
    """The clients' process: send it a `Task`, receive what it has `Noted`."""
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=work, args=(theirs,), daemon=True)
    process.start()
    try:
        yield ours
    finally:
        process.kill()
        process.join()


def spent(pid: int) -> float:
    """The processor seconds of a process and its children, living and dead."""
    seconds = 0.0
    for each in _family(pid):
        with suppress(psutil.NoSuchProcess):
            times = each.cpu_times()
            seconds += times.user + times.system + (times.children_user + times.children_system) * (each.pid == pid)
    return seconds


def _family(pid: int) -> list[psutil.Process]:
    first = psutil.Process(pid)
    return [first, *first.children(recursive=True)]


def postmaster() -> int:
    """The first process of the database's server."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (backend,) = cursor.fetchone()
    return psutil.Process(backend).ppid()


class Pgbench:
    """PostgreSQL's own measurement, `-N -M prepared`, in a database of its own on the same server."""

    def __init__(self, name: str = "bench_orders_pgbench") -> None:
        facts = settings.DATABASES["default"]
        self._program = Path(psutil.Process(postmaster()).exe()).with_name("pgbench")
        self._name = name
        self._environ = os.environ | {
            "PGHOST": str(facts["HOST"]), "PGPORT": str(facts["PORT"] or 5432), "PGUSER": str(facts["USER"]),
            "PGPASSWORD": str(facts["PASSWORD"]), "PGDATABASE": name,
        }  # fmt: skip
        with connection.cursor() as cursor:
            cursor.execute(f"DROP DATABASE IF EXISTS {name}")
            cursor.execute(f"CREATE DATABASE {name}")
        self._run("-i", "-q", "-s", "20")

    def a_second(self, clients: int, seconds: int) -> float:
        """Transactions a second."""
        told = self._run("-N", "-M", "prepared", "-c", str(clients), "-j", "2", "-T", str(seconds), "-n")
        line = next(line for line in told.splitlines() if line.startswith("tps ="))
        return float(line.split()[2])

    def drop(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"DROP DATABASE IF EXISTS {self._name}")

    def _run(self, *arguments: str) -> str:
        command = [str(self._program), *arguments]
        done = subprocess.run(command, env=self._environ, capture_output=True, text=True, check=False)  # noqa: S603
        if done.returncode:
            raise NotMeasured(f"pgbench failed: {done.stderr[-500:]}")
        return done.stdout
