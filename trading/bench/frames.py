"""Measures the frames of prices to thousands of sockets: processor time a frame, delay, and memory beside stalled ones.

A message is published so often that each socket gets `rate` frames a second. Its number is its time, so each listener
knows the age of a frame.
"""

import asyncio
import multiprocessing
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from statistics import quantiles
from typing import Any

import psutil
from django.utils import timezone

from accounts.publish import publish
from trading.bench.comeback import SERVER, NotMeasured, family, process, processor_seconds, server_answers, until
from trading.bench.ear import listen
from trading.bench.stage import SYMBOL, open_market, price
from trading.domain.channels import Channel, Kind

LISTENERS = 2
"""Processes of sockets."""
SETTLE_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Frames:
    """`expected` is what every socket that reads would get without conflation. Milliseconds, megabytes."""

    sockets: int
    stalled: int
    processes: int
    rate: float
    expected: int
    delivered: int
    seconds: float
    micros_a_frame: float
    micros_of_system: float
    p50: float
    p99: float
    megabytes_before: float
    megabytes_most: float


def measure(*, sockets: int, stalled: int, processes: int, rate: float, seconds: float, port: int) -> Frames:
    """Connect the sockets, publish prices, and count. Raises NotMeasured."""
    open_market()
    price(timezone.now().replace(microsecond=0), "60000.00")
    server = (*SERVER, "--workers", str(processes)) if processes > 1 else SERVER
    with process(server, port) as running:
        asyncio.run(until(lambda: server_answers(port), "the server's first answer"))
        parts = [sockets // LISTENERS + (number < sockets % LISTENERS) for number in range(LISTENERS)]
        with _listening(port, parts, stalled) as ears:
            return _measure(running.pid, ears, sockets, stalled, processes, rate, seconds)


def _measure(
    pid: int, ears: list[Connection], sockets: int, stalled: int, processes: int, rate: float, seconds: float
) -> Frames:
    time.sleep(SETTLE_SECONDS)
    servers = family(pid)
    before, spent = _megabytes(servers), processor_seconds(servers)
    began, most, sent = time.monotonic(), before, 0
    while (passed := time.monotonic() - began) < seconds:
        publish([_message()])
        sent += 1
        most = max(most, _megabytes(servers)) if sent % 10 == 0 else most
        time.sleep(max(0.0, sent / rate - passed))
    time.sleep(SETTLE_SECONDS)
    took, spent_now = time.monotonic() - began - SETTLE_SECONDS, processor_seconds(servers)
    delivered, ages = 0, []
    for ear in ears:
        ear.send("enough")
        count, some = ear.recv()
        delivered += count
        ages += some
    if len(ages) < 2:
        raise NotMeasured("too few frames")
    cuts = quantiles(ages, n=100, method="inclusive")
    return Frames(
        *(sockets, stalled, processes, rate, sent * sockets, delivered, took),
        *((sum(spent_now) - sum(spent)) * 1e6 / delivered, (spent_now[1] - spent[1]) * 1e6 / delivered),
        *(cuts[49], cuts[98], before, max(most, _megabytes(servers))),
    )


def _message() -> Any:
    number = time.monotonic_ns() // 1000
    data = {
        "instrument": SYMBOL,
        "sequence": number,
        "priced_at": "2026-01-01T00:00:00Z",
        "price": "60000.00",
        "source": "simulated",
    }
    return Channel(Kind.PRICES, SYMBOL).message([data], seq=number)


def _megabytes(servers: list[psutil.Process]) -> float:
    return sum(each.memory_info().rss for each in servers) / 1e6


@contextmanager
def _listening(port: int, parts: list[int], stalled: int) -> Iterator[list[Connection]]:
    """The processes of the sockets, when all have subscribed; those that never read are the first one's."""
    processes, ears = [], []
    for number, count in enumerate(parts):
        ours, theirs = multiprocessing.Pipe()
        given = (port, count, 0 if number else stalled, SYMBOL, theirs)
        listener = multiprocessing.get_context("spawn").Process(target=listen, args=given, daemon=True)
        listener.start()
        processes.append(listener)
        ears.append(ours)
    try:
        for ear in ears:
            if not ear.poll(180) or ear.recv() != "there":
                raise NotMeasured("the sockets never came")
        yield ears
    finally:
        for listener in processes:
            listener.kill()
            listener.join()
