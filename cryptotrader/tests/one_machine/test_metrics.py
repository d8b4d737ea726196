"""Metrics of several processes, for real: two workers behind one address, and one of them killed."""

import os
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import psutil
import pytest
from django.db import connection
from websockets.sync.client import connect

from accounts.tests.patience import PATIENCE_SECONDS
from cryptotrader.local.home import ROOT
from cryptotrader.local.ports import free_port
from monitoring.tests.scraping import Scrape, samples

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.process]

COMMANDS = {
    "uvicorn": "-m uvicorn cryptotrader.asgi:application --workers 2 --log-level warning --port {port}"
    " --timeout-worker-healthcheck 30",
    "gunicorn": "-m gunicorn cryptotrader.wsgi:application --workers 2 --log-level warning --bind 127.0.0.1:{port}"
    " --timeout " + str(PATIENCE_SECONDS),
}
"""Neither soon replaces a worker that a busy machine keeps waiting; nor, with uvicorn, one that dies when asked."""

LIVE = "django_http_requests_total_by_view_transport_method_total GET http monitoring.web.health.live"


@dataclass
class Site:
    """A server with two workers, and the listener of its host."""

    process: psutil.Process
    port: int
    listener: int
    directory: Path
    tls: ssl.SSLContext = field(default_factory=ssl.create_default_context)
    """No address here needs it, but each client without one makes its own, which takes longer than an answer."""

    def get(self, path: str, port: int | None = None, **headers: str) -> httpx.Response:
        """Over a connection of its own, so that either worker may answer."""
        address = f"http://127.0.0.1:{port or self.port}{path}"
        return httpx.get(address, headers=headers, timeout=PATIENCE_SECONDS, verify=self.tls)

    def scrape(self, port: int | None = None) -> Scrape:
        return samples(self.get("/metrics", port).text)

    def workers(self) -> list[psutil.Process]:
        """Those that have begun to count."""
        names = {file.stem.split("-")[1] for file in self.directory.glob("counter_*-*.db")}
        return [child for child in self.process.children() if str(child.pid) in names]

    def served(self) -> list[Path]:
        """The files of those that have answered a probe."""
        word = LIVE.rpartition(" ")[2].encode()
        return [file for file in self.directory.glob("counter_*-*.db") if word in file.read_bytes()]

    def has_replaced(self, worker: psutil.Process) -> bool:
        """Whether another worker has begun in its place."""
        now = self.workers()
        return worker not in now and len(now) == 2


def until(condition: Callable[[], object], what: str) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline, f"{what} doesn't come"
        time.sleep(0.1)


@pytest.fixture(params=list(COMMANDS))
def site(request: pytest.FixtureRequest, tmp_path: Path, transactional_db: None) -> Iterator[Site]:
    """On the database of the tests."""
    port, listener = free_port(), free_port()
    url = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{connection.settings_dict['NAME']}").geturl()
    given = {"DATABASE_URL": url, "METRICS_DIR": str(tmp_path), "METRICS_LISTEN": f"127.0.0.1:{listener}"}
    command = [sys.executable, *COMMANDS[request.param].format(port=port).split()]
    process = subprocess.Popen(command, cwd=ROOT, env=os.environ | given)
    try:
        site = Site(psutil.Process(process.pid), port, listener, tmp_path)
        until(lambda: _listens(port) and len(site.workers()) == 2, "both workers")
        yield site
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            for child in psutil.Process(process.pid).children():
                child.kill()
            process.kill()
            process.wait()


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def ask(site: Site, times: int) -> None:
    with ThreadPoolExecutor(8) as pool:
        assert {answer.status_code for answer in pool.map(lambda _: site.get("/api/health/live"), range(times))} == {
            200
        }


def test_two_workers_count_as_one_and_a_killed_one_leaves_its_counts(site: Site) -> None:
    asked = 0
    while len(site.served()) < 2:
        assert asked < 1000
        ask(site, 20)
        asked += 20
    assert site.scrape()[LIVE] == asked

    killed = site.workers()[0]
    killed.kill()
    until(lambda: killed not in site.workers() and len(site.workers()) == 2, "a new worker")
    ask(site, 20)
    assert site.scrape()[LIVE] == asked + 20
    assert not list(site.directory.glob(f"*-{killed.pid}-*"))

    until(lambda: _listens(site.listener), "the listener")
    host = site.scrape(site.listener)
    assert host[LIVE] == asked + 20
    assert not [name for name in host if name.startswith("cryptotrader_trades_unsettled")]  # it asks no database
    assert site.get("/", site.listener, **{"x-forwarded-for": "127.0.0.1"}).status_code == 404


@pytest.mark.parametrize("site", ["uvicorn"], indirect=True)
def test_no_socket_stays_counted_whose_process_is_gone(site: Site) -> None:
    address = f"ws://127.0.0.1:{site.port}/ws/v1"
    with ExitStack() as stack:
        for _ in range(3):
            stack.enter_context(connect(address, proxy=None, open_timeout=PATIENCE_SECONDS))
        with connect(address, proxy=None, open_timeout=PATIENCE_SECONDS):
            assert site.scrape()["cryptotrader_sockets anonymous"] == 4
        until(lambda: site.scrape()["cryptotrader_sockets anonymous"] == 3, "the end of one")
        for worker in site.workers():  # one after the other: when nobody is left, all counts begin again
            worker.kill()
            until(partial(site.has_replaced, worker), "a new worker")
    after = site.scrape()
    assert after.get("cryptotrader_sockets anonymous", 0) == 0
    assert sum(value for name, value in after.items() if name.startswith("cryptotrader_socket_closes_total")) == 1
