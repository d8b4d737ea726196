"""A platform under `run` with MONITORING=1: its feed listens to venues of the test, its alerts go to the test."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import httpx
import psutil

from accounts.tests.patience import PATIENCE_SECONDS
from cryptotrader.local.home import ROOT
from cryptotrader.local.ports import free_port
from cryptotrader.local.processes import HOME_MARK, leftovers
from trading.tests.feeds.venues.dialect import Quote
from trading.tests.feeds.venues.dialects import DIALECTS
from trading.tests.feeds.venues.server import Town, Venue

MARKET = "BTC/USDT"
GIVEN = {"DATABASE_URL", "REDIS_URL", "MAIL_DIR", HOME_MARK}


class Listener:
    """Receives what Alertmanager sends, as a webhook: each alert with the time at which it came."""

    def __init__(self) -> None:
        self.heard: list[tuple[float, dict[str, Any]]] = []
        heard = self.heard

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                heard.extend((time.monotonic(), alert) for alert in body["alerts"])
                self.send_response(200)
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:
                pass

        self._server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/alerts"
        Thread(target=self._server.serve_forever, daemon=True).start()

    def firing(self, name: str) -> list[dict[str, Any]]:
        return [
            alert for _, alert in self.heard if alert["status"] == "firing" and alert["labels"]["alertname"] == name
        ]

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


class Watched:
    """Runs from construction to `stop`."""

    def __init__(self, home: Path, town: Town, listener: Listener, more: Mapping[str, str]) -> None:
        self.home, self.town, self.listener = home, town, listener
        self.log = home / "watched.log"
        self.ports = {name: free_port() for name in ("PORT", "PROMETHEUS_PORT", "ALERTMANAGER_PORT")}
        environ = {name: value for name, value in os.environ.items() if name not in GIVEN}
        environ |= {name: str(port) for name, port in self.ports.items()}
        environ |= {"MONITORING": "1", "ALERT_WEBHOOK_URL": listener.url, **more}
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "cryptotrader.local", "--home", str(home), "run"],
                cwd=ROOT,
                env=environ,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        self._environ = environ
        # One for all questions: each client makes a context of TLS, which takes longer than an answer.
        self._client = httpx.Client(timeout=PATIENCE_SECONDS)

    @property
    def site(self) -> str:
        return f"http://127.0.0.1:{self.ports['PORT']}"

    def eventually(self, condition: Callable[[], object], what: object) -> None:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not condition():
            assert self.process.poll() is None, self.log.read_text()
            assert time.monotonic() < deadline, f"{what} doesn't come:\n{self.log.read_text()[-3000:]}"
            time.sleep(0.2)

    def ask_prometheus(self, path: str, **query: str) -> Any:
        address = f"http://127.0.0.1:{self.ports['PROMETHEUS_PORT']}/api/v1/{path}"
        return self._client.get(address, params=query).json()["data"]

    def series(self, expression: str) -> list[Any]:
        return list(self.ask_prometheus("query", query=expression)["result"])

    def hurry(self) -> None:
        """Let Prometheus look each second: a test doesn't have the minutes that an operator has."""
        directory = self.home / "monitoring"
        rules = directory / "rules"
        originals = {path.name: path.read_text() for path in rules.glob("*.yml")}
        rules.unlink()
        rules.mkdir()
        for name, text in originals.items():
            (rules / name).write_text(re.sub(r"interval: \d+s", "interval: 1s", text))
        settings = directory / "prometheus.yml"
        hurried = re.sub(r"(scrape|evaluation)_interval: \d+s", r"\1_interval: 1s", settings.read_text())
        settings.write_text(re.sub(r"scrape_timeout: \d+s", "scrape_timeout: 1s", hurried))
        self.child("--storage.tsdb.path").send_signal(signal.SIGHUP)

    def child(self, words: str) -> psutil.Process:
        """Returns the program whose command line contains these words."""
        children = psutil.Process(self.process.pid).children()
        return next(child for child in children if words in " ".join(child.cmdline()))

    def manage(self, *command: str) -> str:
        result = subprocess.run(
            [sys.executable, "-m", "cryptotrader.local", "--home", str(self.home), "manage", *command],
            cwd=ROOT,
            env=self._environ,
            capture_output=True,
            text=True,
            check=True,
        )
        return result.stdout

    def stop(self) -> int:
        """Ctrl-C, and its exit code."""
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(PATIENCE_SECONDS)

    def kill(self) -> None:
        self._client.close()
        self.process.kill()
        self.process.wait()
        for process in leftovers(self.home):
            with suppress(psutil.Error):
                process.kill()


@contextmanager
def watched(home: Path, **more: str) -> Iterator[Watched]:
    """A watched platform whose index of BTC-USDT comes from five venues of the town."""
    town = Town([Venue(name, {MARKET: Quote("0", "0")}, silent_seconds=3) for name in DIALECTS])
    for venue in town.venues.values():
        venue.set("60000")
    listener = Listener()
    try:
        with town.served():
            table = home / "venues.toml"
            lines = ["[instruments.BTC-USDT]", *(f'{name} = "{MARKET}"' for name in town.venues)]
            for name, venue in town.venues.items():
                lines += [
                    f"[venues.{name}]",
                    *(f"{key} = {json.dumps(value)}" for key, value in venue.settings.items()),
                ]
            table.write_text("\n".join(lines))
            running = Watched(home, town, listener, {"FEED": "live", "VENUES_FILE": str(table), **more})
            try:
                yield running
            finally:
                running.kill()
    finally:
        listener.close()
