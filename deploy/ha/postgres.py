"""Three nodes of PostgreSQL under Patroni: a primary, a synchronous standby, and one more."""

import json
import secrets
import signal
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import psutil
import psycopg

from cryptotrader.local.logins import OWNER, SUPERUSER, Logins, hand_over, let_owner_restore
from deploy.ha import forms
from deploy.ha.forms import Times
from deploy.ha.nodes import Ground, Node, family, signal_all

DATABASE = "cryptotrader"
SECONDS = 1.0
RUNNING = ("running", "streaming")
PRIMARY = ("leader", "master", "primary")


class PatroniNode(Node):
    """Patroni and its PostgreSQL, which is a daemon of its own."""

    def __init__(self, name: str, patroni: str, ground: Ground, port: int, rest_port: int) -> None:
        self.port, self.rest_port = port, rest_port
        directory = ground.directory(name)
        self.data = directory / "data"
        super().__init__(name, [patroni, str(directory / "patroni.json")], ground)

    def postgres(self) -> list[psutil.Process]:
        """Returns the processes of its PostgreSQL."""
        with suppress(OSError, ValueError, IndexError):
            return family(int((self.data / "postmaster.pid").read_text().splitlines()[0]))
        return []

    def processes(self) -> list[psutil.Process]:
        known = super().processes()
        return [*known, *(process for process in self.postgres() if process not in known)]

    def kill_postgres(self) -> None:
        """Ends PostgreSQL alone; Patroni lives."""
        processes = self.postgres()
        signal_all(processes, signal.SIGKILL)
        psutil.wait_procs(processes, timeout=5)


class Postgres:
    """The nodes. Programs connect through HAProxy; here are only the nodes' own addresses."""

    def __init__(
        self,
        ground: Ground,
        patroni: str,
        binaries: Path,
        etcd: Mapping[str, Sequence[str]],
        ports: Sequence[int],
        times: Times,
    ) -> None:
        self.logins = Logins(ground.home / "logins")
        self._replicator = {"username": "replicator", "password": secrets.token_urlsafe(24)}
        self.nodes = []
        for number in (1, 2, 3):
            node = PatroniNode(f"pg{number}", patroni, ground, ports[number - 1], ports[number + 2])
            settings = self._settings(node, binaries, etcd, times)
            ground.write(node.directory / "patroni.json", json.dumps(settings, indent=1))
            self.nodes.append(node)

    def _settings(
        self, node: PatroniNode, binaries: Path, etcd: Mapping[str, Sequence[str]], times: Times
    ) -> dict[str, Any]:
        login = {"username": SUPERUSER, "password": self.logins.password(SUPERUSER)}
        address, rest = f"127.0.0.1:{node.port}", f"127.0.0.1:{node.rest_port}"
        return forms.patroni(
            node.name,
            etcd,
            times,
            restapi={"listen": rest, "connect_address": rest},
            postgresql={
                "listen": address,
                "connect_address": address,
                "data_dir": str(node.data),
                "bin_dir": str(binaries),
                "pgpass": str(node.directory / "pgpass"),
            },
            logins={"superuser": login, "replication": self._replicator},
            network="127.0.0.1/32",
        )

    def members(self) -> dict[str, dict[str, Any]]:
        """Returns what Patroni knows of its members, by name; nothing while no node answers."""
        for node in self.nodes:
            with suppress(httpx.HTTPError, ValueError, KeyError):
                answer = httpx.get(f"http://127.0.0.1:{node.rest_port}/cluster", timeout=SECONDS)
                return {member["name"]: member for member in answer.json()["members"]}
        return {}

    def primary(self) -> PatroniNode | None:
        """Returns the node that says that it is the primary, or None while there is none."""
        return self._who("primary")

    def standby(self) -> PatroniNode | None:
        """Returns the synchronous standby, or None while there is none."""
        return self._who("synchronous")

    def _who(self, role: str) -> PatroniNode | None:
        for node in self.nodes:
            with suppress(httpx.HTTPError):
                if httpx.get(f"http://127.0.0.1:{node.rest_port}/{role}", timeout=SECONDS).is_success:
                    return node
        return None

    def is_whole(self) -> bool:
        """Whether all nodes run, one is the primary, and one is its synchronous standby."""
        members = self.members()
        roles = [member["role"] for member in members.values()]
        running = all(member["state"] in RUNNING for member in members.values())
        timelines = {member.get("timeline") for member in members.values()}
        is_led = sum(role in PRIMARY for role in roles) == 1 and "sync_standby" in roles
        return len(members) == len(self.nodes) and running and is_led and len(timelines) == 1

    def url(self, port: int, login: str, database: str = DATABASE) -> str:
        return f"postgresql://{login}:{self.logins.password(login)}@127.0.0.1:{port}/{database}"

    def furnish(self, port: int) -> None:
        """Makes the database, and a login for each job, on the primary behind this port."""
        with psycopg.connect(self.url(port, SUPERUSER, "postgres"), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {DATABASE}")
            self.logins.make(connection)
            connection.execute("CREATE EXTENSION IF NOT EXISTS pg_stat_statements")
            connection.execute(f"GRANT pg_read_all_stats TO {OWNER}")
            let_owner_restore(connection)
        with psycopg.connect(self.url(port, SUPERUSER), autocommit=True) as connection:
            hand_over(connection, DATABASE)
