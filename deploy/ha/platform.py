"""The processes of the platform on these stores, as on two machines: two servers, two feeds, two beats."""

import csv
import io
import os
import subprocess
import sys
import time
from pathlib import Path

import httpx

from cryptotrader.local.home import ROOT, local_environment
from cryptotrader.local.logins import APP, FEED, OWNER, SETTLER
from cryptotrader.local.ports import free_ports
from cryptotrader.start.commands import Place, commands
from deploy.ha.forms import READ_WRITE
from deploy.ha.nodes import Failed, Ground, Node, wait_until
from deploy.ha.stores import Stores
from deploy.load.market import steady_seed

READY_SECONDS = 120.0
RUNS = {"web": 1, "stream": 1, "feed": 2, "settler": 2, "worker": 1, "beat": 2}
LOGINS = {"feed": FEED, "settler": SETTLER}

SETTINGS = {
    "RATES_A_MINUTE": "address=0,access=0,requests=0,orders=0,quotes=0",
    "DATABASE_POOL_SIZE": "5",
    "LOG_FORMAT": "json",
    "FEED": "simulated",
    "JWT_ACCESS_EXPIRES_IN": "12h",
}


class Platform:
    """The processes, each with the login of its job."""

    def __init__(self, home: Path, stores: Stores) -> None:
        self._ground, self._stores = Ground(home, None), stores
        given = {name: value for name, value in os.environ.items() if not name.endswith(("_URL", "_URL_FILE"))}
        self._environ = {
            **local_environment(home, given),
            **SETTINGS,
            "SIMULATION_SEED": steady_seed(time.time()),
            "REDIS_URL": stores.redis.url(),
            "METRICS_DIR": str(home / "metrics"),
        }
        ports = free_ports(2)
        self.urls = [f"http://127.0.0.1:{port}" for port in ports]
        self.processes = [
            self._process(name, number, dict(zip(("web", "stream"), ports, strict=True)).get(name, 1))
            for name, count in RUNS.items()
            for number in range(1, count + 1)
        ]

    def _process(self, name: str, number: int, port: int) -> Node:
        label = f"{name}-{number}"
        directory = self._ground.directory(label)
        place = Place("127.0.0.1", port, directory, grace_seconds=5, web_workers=1, web_threads=8, concurrency=1)
        environ = self.environ(LOGINS.get(name, APP)) | {"START_DIRECTORY": str(directory)}
        node = Node(label, commands(place)[name], self._ground, environ=environ)
        node.directory = ROOT
        return node

    def environ(self, login: str) -> dict[str, str]:
        """Returns the variables of a program with this login."""
        stores = self._stores
        return {
            **self._environ,
            "DATABASE_URL": stores.postgres.url(stores.primary_port, login) + READ_WRITE,
            "REPLICA_URL": stores.postgres.url(stores.replica_port, login),
        }

    def start(self) -> None:
        """Migrates, and starts all processes. Raises Failed."""
        self.run(OWNER, "-m", "cryptotrader.start", "migrate")
        for process in self.processes:
            process.start()
        wait_until(self.is_ready, "the servers aren't ready", READY_SECONDS)

    def is_ready(self) -> bool:
        """Whether both servers would take an order now."""
        return all(_is_ready(url) for url in self.urls)

    def people(self, many: int) -> list[tuple[str, str]]:
        """Makes people with demo money; returns their emails and passwords."""
        return [tuple(row) for row in csv.reader(io.StringIO(self.manage("load_people", "--count", str(many))))]  # type: ignore[misc]

    def manage(self, *words: str) -> str:
        """Runs a command of manage.py, and returns its output. Raises Failed."""
        return self.run(APP, "manage.py", *words)

    def run(self, login: str, *words: str) -> str:
        done = subprocess.run(  # noqa: S603
            [sys.executable, *words], cwd=ROOT, env=self.environ(login), capture_output=True, text=True, check=False
        )
        if done.returncode:
            said = done.stderr.strip() or done.stdout  # a long output must not hide the cause
            raise Failed(f"{' '.join(words)} ended with {done.returncode}: {_last_line(said)}")
        return done.stdout

    def ended(self) -> list[str]:
        """Returns the processes that have ended: none may, also when a store is lost."""
        return [process.name for process in self.processes if not process.runs]

    def stop(self) -> None:
        for process in self.processes:
            process.kill()


def _is_ready(url: str) -> bool:
    try:
        return httpx.get(f"{url}/api/health/ready", timeout=5).is_success
    except httpx.HTTPError:
        return False


def _last_line(text: str) -> str:
    return (text.strip().splitlines() or ["it said nothing"])[-1]
