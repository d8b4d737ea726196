"""`run`, for real: the whole platform in the foreground, from the first line to the last process."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psutil
import pytest

from accounts.tests.patience import PATIENCE_SECONDS
from cryptotrader.local.home import ROOT
from cryptotrader.local.processes import HOME_MARK, leftovers
from cryptotrader.tests.support.remains import assert_gone

pytestmark = pytest.mark.process


class Platform:
    """A running `run` with a home and a port of its own."""

    def __init__(self, home: Path) -> None:
        self.home = home
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]
        self.process: subprocess.Popen[str] = subprocess.Popen(
            self._command("run"),
            cwd=ROOT,
            env=self._environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.watchdog = threading.Timer(3 * PATIENCE_SECONDS, self.process.kill)
        self.watchdog.start()

    def wait_for(self, text: str) -> str:
        """Waits for the first line with this text."""
        assert self.process.stdout is not None
        lines: list[str] = []
        line: str
        for line in self.process.stdout:
            lines.append(line)
            if text in line:
                return line
        raise AssertionError(f"{text!r} is not in {''.join(lines)}")

    def get(self, path: str) -> int:
        """Returns the status of a page."""
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_SECONDS)) as connection:
            connection.request("GET", path)
            response = connection.getresponse()
            assert response.headers["Server"] is None  # it would name the program to attack
            return response.status

    def faults(self) -> set[str]:
        """Returns the codes of the faults that its health tells of."""
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_SECONDS)) as connection:
            connection.request("GET", "/api/health")
            return {fault["code"] for fault in json.loads(connection.getresponse().read())["faults"]}

    def do(self, action: str) -> "subprocess.CompletedProcess[str]":
        """Runs a command on the same home, as another terminal does."""
        return subprocess.run(
            self._command(action), cwd=ROOT, env=self._environment(), capture_output=True, text=True, check=False
        )

    def child(self, words: str) -> psutil.Process:
        """Returns the child whose command line contains these words."""
        children = psutil.Process(self.process.pid).children()
        return next(child for child in children if words in " ".join(child.cmdline()))

    def _command(self, action: str) -> list[str]:
        return [sys.executable, "-m", "cryptotrader.local", "--home", str(self.home), action]

    def _environment(self) -> dict[str, str]:
        given = {"DATABASE_URL", "REDIS_URL", HOME_MARK}
        return {name: value for name, value in os.environ.items() if name not in given} | {"PORT": str(self.port)}


@pytest.fixture
def platform() -> Iterator[Platform]:
    # Not pytest's own directory: another session of root's closes that to PostgreSQL's account.
    with tempfile.TemporaryDirectory(prefix="cryptotrader-") as home:
        running = Platform(Path(home))
        yield running
        running.watchdog.cancel()
        running.process.kill()
        running.process.communicate()
        for process in leftovers(running.home):
            process.kill()


def test_it_starts_everything_survives_a_crash_and_leaves_nothing(platform: Platform) -> None:
    assert platform.wait_for("Ready").strip() == f"Ready: http://127.0.0.1:{platform.port}/"
    assert "@" in platform.wait_for("staff")
    assert platform.get("/") == 200

    second = platform.do("run")
    assert (second.returncode, second.stderr.count("\n")) == (5, 1)

    platform.child("run_feed").kill()
    assert "feed was ended by SIGKILL (exit code 137); starting it again" in platform.wait_for("exit code")
    platform.wait_for("feed    | ")  # it prints again

    for name in ("valkey-server", "postgres -D"):
        platform.child(name).kill()
        assert "was ended by SIGKILL (exit code 137); starting it again" in platform.wait_for("exit code")
    deadline = time.monotonic() + PATIENCE_SECONDS
    # Everything works again when the feed's price is fresh, and the beat's messages reach both workers.
    while found := platform.faults() - {"disk-low"}:
        assert time.monotonic() < deadline, found
        time.sleep(0.2)

    everything = psutil.Process(platform.process.pid).children(recursive=True)
    assert platform.do("stop").stdout == "local: stopped\n"
    assert platform.process.wait(timeout=PATIENCE_SECONDS) == 0
    assert_gone(everything)
    assert leftovers(platform.home) == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_while_it_starts_stops_it_as_well(platform: Platform, number: signal.Signals) -> None:
    platform.wait_for("bringing the database up to date")
    platform.process.send_signal(number)
    assert platform.process.wait(timeout=PATIENCE_SECONDS) == 0
    assert leftovers(platform.home) == []
