"""Measures how thousands of sockets come back after a restart of the server, and how requests fare meanwhile."""

import asyncio
import multiprocessing
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from datetime import timedelta
from http.client import HTTPConnection
from itertools import chain, repeat
from statistics import quantiles

import psutil
from django.conf import settings
from django.utils import timezone

from trading.bench.crowd import Crowd, sessions_of
from trading.bench.probe import probe
from trading.bench.stage import open_all, open_market, price, register

SERVER = (
    *("-m", "uvicorn", "cryptotrader.asgi:application", "--log-level", "warning", "--no-proxy-headers"),
    *("--ws", "trading.streams.transport:BoundedSocket", "--ws-per-message-deflate", "false"),
    *("--ws-ping-interval", "10", "--ws-ping-timeout", "15", "--timeout-graceful-shutdown", "5"),
)
WEB = ("-m", "gunicorn", "cryptotrader.wsgi:application", "--workers", "2", "--threads", "2", "--log-level", "warning")
FEED = ("manage.py", "run_feed", "--feed", "simulated")
PATIENCE_SECONDS = 180
QUIET_SECONDS = 10
TRADES_EACH = 5


@dataclass(frozen=True, slots=True)
class Requests:
    """Milliseconds."""

    count: int
    failed: int
    p50: float
    p99: float
    longest: float


@dataclass(frozen=True, slots=True)
class Comeback:
    """Seconds from the server's first answer until that part of the sockets has every state again."""

    sockets: int
    signed_in: int
    start_seconds: float
    half_seconds: float
    all_seconds: float
    processor_seconds: float
    megabytes: float
    losses: int
    quiet: Requests
    meanwhile: Requests
    afterwards: Requests


class NotMeasured(Exception):
    """The sockets did not come, or not all came back."""


def measure(*, sockets: int, signed_in: int, port: int, apart: bool = False) -> Comeback:
    """Connect the sockets, restart the server, and wait for them. Raises NotMeasured.

    `apart`: two processes for sockets, and others for requests at the next port, as production has them.
    """
    people = _stage(signed_in)
    sessions = sessions_of(people)
    pages = list(chain(sessions, repeat(None, sockets - len(sessions))))
    with process(FEED, port):
        return asyncio.run(_measure(pages, signed_in, port, apart=apart))


def _stage(signed_in: int) -> list[int]:
    now = timezone.now()
    open_market()
    people = register(signed_in, now)
    began = now.replace(microsecond=0) - timedelta(seconds=1)
    price(began, "60000.00")
    open_all(people, TRADES_EACH * len(people), began + timedelta(milliseconds=1))
    return people


async def _measure(pages: Sequence[str | None], signed_in: int, port: int, *, apart: bool) -> Comeback:
    crowd, over = Crowd(port, pages), asyncio.Event()
    streams, asked = ((*SERVER, "--workers", "2"), port + 1) if apart else (SERVER, port)
    session = next(iter(filter(None, pages)))
    with (
        process(WEB, asked) if apart else nullcontext(),
        process(streams, port) as first,
        _requests(asked, session) as requests,
    ):
        await until(lambda: server_answers(port) and server_answers(asked), "the server's first answer")
        quiet_from = time.monotonic()
        await asyncio.sleep(QUIET_SECONDS)
        running = asyncio.create_task(crowd.run(over.is_set))
        quiet_until = time.monotonic()
        await until(lambda: crowd.ready == len(pages), "the first coming in")
        await asyncio.sleep(QUIET_SECONDS)
        first.terminate()
        await asyncio.to_thread(first.wait)
        losses, crowd.back_at, stopped = crowd.losses, [], time.monotonic()
        with process(streams, port) as second:
            await until(lambda: server_answers(port), "the second server's first answer")
            up = time.monotonic()
            await until(lambda: crowd.ready == len(pages), "the coming back")
            back, spent = time.monotonic(), sum(processor_seconds(family(second.pid)))
            await asyncio.sleep(QUIET_SECONDS)
            memory = sum(each.memory_info().rss for each in family(second.pid)) / 1e6
            noted = requests()
            losses = crowd.losses - losses
            over.set()
            await running
    half = sorted(crowd.back_at)[len(pages) // 2]
    return Comeback(
        *(len(pages), signed_in, up - stopped, half - up, back - up, spent, memory, losses),
        quiet=_within(noted, quiet_from, quiet_until),
        meanwhile=_within(noted, up, back),
        afterwards=_within(noted, back, time.monotonic()),
    )


def family(pid: int) -> list[psutil.Process]:
    """A server and its workers."""
    server = psutil.Process(pid)
    return [server, *server.children(recursive=True)]


def processor_seconds(servers: Sequence[psutil.Process]) -> tuple[float, float]:
    """The processor time that these processes have used: their own, and the system's for them."""
    user, system = zip(*(each.cpu_times()[:2] for each in servers), strict=True)
    return sum(user), sum(system)


def _within(noted: Sequence[tuple[float, float, int]], since: float, until: float) -> Requests:
    found = [(seconds * 1000, status) for began, seconds, status in noted if since <= began < until]
    if len(found) < 2:
        raise NotMeasured("too few requests")
    times = [each for each, _ in found]
    cuts = quantiles(times, n=100, method="inclusive")
    return Requests(len(found), sum(status != 200 for _, status in found), cuts[49], cuts[98], max(times))


async def until(true: Callable[[], bool], what: str) -> None:
    """Wait for a condition. Raises NotMeasured."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not true():
        if time.monotonic() > deadline:
            raise NotMeasured(f"never came: {what}")
        await asyncio.sleep(0.05)


def server_answers(port: int) -> bool:
    """Whether the server at this port serves."""
    connection = HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        connection.request("GET", "/api/health/live")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


@contextmanager
def _requests(port: int, session: str) -> Iterator[Callable[[], list[tuple[float, float, int]]]]:
    ours, theirs = multiprocessing.Pipe()
    cookie = f"{settings.SESSION_COOKIE_NAME}={session}"
    process = multiprocessing.get_context("spawn").Process(target=probe, args=(port, cookie, theirs), daemon=True)
    process.start()

    def end() -> list[tuple[float, float, int]]:
        ours.send("enough")
        found: list[tuple[float, float, int]] = ours.recv()
        return found

    yield end
    process.kill()
    process.join()


@contextmanager
def process(program: Sequence[str], port: int) -> Iterator["subprocess.Popen[bytes]"]:
    """A program of the platform at this port, while the block runs."""
    place = {"uvicorn": ("--port", str(port)), "gunicorn": ("--bind", f"127.0.0.1:{port}")}
    extra = next((place[name] for name in place if name in program), ())
    environ = os.environ | {"SOCKETS_PER_ADDRESS": "1000000", "LOG_LEVEL": "WARNING"}
    process = subprocess.Popen(  # noqa: S603  (commands are ours)
        [sys.executable, *program, *extra], cwd=settings.BASE_DIR, env=environ
    )
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
