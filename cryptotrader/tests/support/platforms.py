"""The whole platform, as `make run` starts it."""

import http.client
import json
import os
import subprocess
import sys
import threading
import time
from contextlib import closing, suppress
from pathlib import Path

import psutil

from accounts.tests.patience import PATIENCE_SECONDS
from cryptotrader.local.home import ROOT
from cryptotrader.local.ports import free_port
from cryptotrader.local.processes import HOME_MARK, leftovers


class Platform:
    """A running `run` with a home and a port of its own."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.port = free_port()
        # A file and no pipe: nobody need read on so that the platform can go on printing.
        log = home / "run.log"
        with log.open("w") as output:
            self.process = subprocess.Popen(
                self._command("run"), cwd=ROOT, env=self._environment(), stdout=output, stderr=subprocess.STDOUT
            )
        self._printed = log.open()
        self.watchdog = threading.Timer(10 * PATIENCE_SECONDS, self.process.kill)
        self.watchdog.start()

    def wait_for(self, text: str) -> str:
        """Waits for the first line with this text after the lines that were waited for before."""
        passed: list[str] = [""]
        while True:
            has_ended = self.process.poll() is not None  # before the look: it may print and end after it
            passed[-1] += self._printed.readline()
            if passed[-1].endswith("\n"):
                if text in passed[-1]:
                    return passed[-1]
                passed.append("")
            elif has_ended:
                raise AssertionError(f"{text!r} is not in {''.join(passed)}")
            else:
                time.sleep(0.02)

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

    def do(self, *action: str) -> "subprocess.CompletedProcess[str]":
        """Runs a command on the same home, as another terminal does."""
        return subprocess.run(
            self._command(*action), cwd=ROOT, env=self._environment(), capture_output=True, text=True, check=False
        )

    def child(self, words: str) -> psutil.Process:
        """Returns the child whose command line contains these words."""
        children = psutil.Process(self.process.pid).children()
        return next(child for child in children if words in " ".join(child.cmdline()))

    def _command(self, *action: str) -> list[str]:
        return [sys.executable, "-m", "cryptotrader.local", "--home", str(self.home), *action]

    def _environment(self) -> dict[str, str]:
        given = {"DATABASE_URL", "REDIS_URL", HOME_MARK}
        return {name: value for name, value in os.environ.items() if name not in given} | {"PORT": str(self.port)}

    def end(self) -> None:
        """Kills all that is left of it."""
        self.watchdog.cancel()
        self.process.kill()
        self.process.wait()
        self._printed.close()
        for process in leftovers(self.home):
            with suppress(psutil.NoSuchProcess):
                process.kill()
