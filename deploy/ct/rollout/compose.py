"""The containers of Docker Compose as a place for rollouts. The colours are the services web, stream and *-green."""

import json
import shutil
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from deploy.ct import files
from deploy.ct.compose import GREEN_FILE, Compose
from deploy.ct.keys import keep_keys, mounted
from deploy.ct.outcome import Exit, Stopped
from deploy.ct.releases import running_parts
from deploy.ct.rollout.log import Request, requests_in
from deploy.ct.rollout.prometheus import Prometheus
from deploy.ct.rollout.stage import BEAT, SERVERS, Server
from deploy.ct.rollout.state import Colour, Serving
from deploy.ct.settings import Settings
from deploy.ct.targets import REPLICAS, container, write_targets
from deploy.ct.up import resolver
from deploy.ct.upstreams import upstreams, write_upstreams

PORT = 8000
WELL_SECONDS = 120.0
STOP_SECONDS = "40"
CHECK = ("python", "-m", "cryptotrader.start.check")
COUNT = (
    "import pathlib;t=pathlib.Path('/proc/net/tcp').read_text().splitlines()[1:];"
    "print(sum(r[3]=='01' and r[1].endswith(':1F40') and not r[2].startswith('0100007F') for r in map(str.split,t)))"
)


class Containers:
    """The project of an environment. `ct up` has started it."""

    def __init__(self, settings: Settings, compose: Compose, *, wait: Callable[[float], None] = time.sleep) -> None:
        self.settings, self.compose, self._wait = settings, compose, wait

    def prepare(self) -> None:
        running = any(found["State"] == "running" for found in self.compose.containers())
        if not running or not (self.settings.state / "nginx" / "nginx.conf").exists():
            raise Stopped("nothing runs here: `ct up` starts everything, the first time and after `ct down`")
        keep_keys(self.settings.state / "secrets", deployed=True)
        for path in mounted(self.settings.state / "secrets"):
            if not path.exists():
                raise Stopped(f"{path} is missing, and containers mount it: `ct up` writes it again", Exit.USAGE)

    def counts(self) -> dict[str, int]:
        return self.compose.counts()

    def obtain(self, release: str) -> None:
        self.compose.obtain(release)

    def migrate(self, release: str) -> None:
        self.compose.migrate(release)

    def start(self, serving: Serving, counts: Mapping[str, int], *, idle: bool = False) -> None:
        if serving.colour is Colour.GREEN:
            self._describe_green(serving.release)
        names = {f"{service}{_suffix(serving.colour)}": counts.get(service, 1) for service in SERVERS}
        # Of the right release they stay as they are, also when settings have changed since, if they may be serving.
        as_they_are = [] if idle else ["--no-recreate"]
        self._remove([found["Name"] for name in names for found in self._all(name) if self._has_to_go(found, serving)])
        scale = [f"--scale={name}={count}" for name, count in names.items()]
        self.compose.do("up", "--detach", "--no-deps", *as_they_are, *scale, *names, release=serving.release)

    def servers(self, colour: Colour) -> Sequence[Server]:
        return [
            Server(service, found["Name"], f"{found['Name']}:{PORT}")
            for service in SERVERS
            for found in self._containers(f"{service}{_suffix(colour)}")
        ]

    def readiness(self, server: Server) -> str | None:
        try:
            self.compose.engine("exec", server.name, *CHECK)
        except Stopped as error:
            return str(error)
        return None

    def route(self, pools: Mapping[str, Sequence[str]], choice: str) -> None:
        directory = self.settings.state / "nginx"
        before = (directory / "upstreams.conf").read_text(encoding="utf-8")
        write_upstreams(directory, upstreams(pools, resolver=resolver(self.settings), choice=choice))
        try:
            self.compose.reload_proxy()
        except Stopped:
            write_upstreams(directory, before)
            raise
        self._wait(2)  # so long nginx may take to read it

    def drain(self, server: Server, *, undo: bool = False) -> None:
        self.compose.engine(
            "exec", server.name, "python", "-m", "cryptotrader.start.drain", *(["--undo"] if undo else [])
        )

    def connections(self, server: Server) -> int:
        return int(self.compose.engine("exec", server.name, "python", "-c", COUNT))

    def stop(self, server: Server) -> None:
        self._remove([server.name])

    def restart(self, server: Server) -> None:
        self.compose.engine("restart", "-t", STOP_SECONDS, server.name)

    def replace(self, service: str, release: str, count: int) -> None:
        old = [found["Name"] for found in self._containers(service) if not self._is_of(found, release)]
        if service == BEAT:
            self._remove(old)
        scale = f"--scale={service}={count if service == BEAT else count + len(old)}"
        self.compose.do("up", "--detach", "--no-deps", "--no-recreate", scale, service, release=release)
        self._wait_until_well(service, release)
        if service != BEAT:
            self._remove(old)

    def number(self, service: str, release: str) -> int:
        found = self._containers(service)
        return len(found) if all(self._is_of(one, release) for one in found) else 0

    def well(self, service: str, release: str) -> bool:
        if service not in self.compose.known_services():
            return True
        found = self._containers(service)
        return bool(found) and all(self._is_of(one, release) and one["Health"] in ("", "healthy") for one in found)

    def restart_background(self, service: str) -> None:
        for found in self._containers(service) if service in self.compose.known_services() else []:
            self.compose.engine("restart", "-t", STOP_SECONDS, found["Name"])
            self._until_healthy(found["Name"])

    def ask(self, command: Sequence[str]) -> str:
        return self.compose.ask(command)

    def free_bytes(self) -> int:
        places = [self.settings.state, *(path for path in self.compose.storage() if path.exists())]
        return min(shutil.disk_usage(path).free for path in places)

    def write_targets(self) -> None:
        running = [found for found in self.compose.containers() if found["State"] == "running"]
        services = {*REPLICAS, "backup", *(f"{service}-green" for service in SERVERS)}
        ours = [container(found["Service"], found["Name"]) for found in running if found["Service"] in services]
        write_targets(files.readable(self.settings.state / "targets"), ours)

    def prometheus(self) -> Prometheus | None:
        given = self.settings.get("CT_PROMETHEUS")
        if not given and "monitoring" in running_parts(self.settings):
            given = f"http://127.0.0.1:{self.settings.get('PROMETHEUS_PORT', '9090')}"
        return Prometheus(given) if given else None

    def requests(self, since: float) -> Sequence[Request]:
        at = datetime.fromtimestamp(since - 1, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        return requests_in(self.compose.read("logs", "--no-color", "--since", at, "nginx"), since)

    def _all(self, service: str) -> list[dict[str, Any]]:
        return [found for found in self.compose.containers() if found["Service"] == service]

    def _containers(self, service: str) -> list[dict[str, Any]]:
        return [found for found in self._all(service) if found["State"] == "running"]

    def _has_to_go(self, found: Mapping[str, Any], serving: Serving) -> bool:
        """A container that has ended, or was only created, may be one of other settings."""
        return not self._is_of(found, serving.release) or found["State"] != "running"

    def _is_of(self, found: Mapping[str, Any], release: str) -> bool:
        return str(found["Image"]).endswith(f":{release}")

    def _remove(self, names: Sequence[str]) -> None:
        if names:
            self.compose.engine("stop", "-t", STOP_SECONDS, *names)
            self.compose.engine("rm", "--force", *names)

    def _wait_until_well(self, service: str, release: str) -> None:
        for found in self._containers(service):
            if self._is_of(found, release):
                self._until_healthy(found["Name"])

    def _until_healthy(self, name: str) -> None:
        deadline = time.monotonic() + WELL_SECONDS
        while True:
            try:
                self.compose.engine("exec", name, *CHECK)
            except Stopped as error:
                if time.monotonic() > deadline:
                    raise Stopped(f"{name} is not well: {error}") from error
                self._wait(1)
            else:
                return

    def _describe_green(self, release: str) -> None:
        """Writes the green services: those of this environment under other names, with everything that is theirs."""
        told = json.loads(self.compose.read("config", "--format", "json", release=release))
        services = {f"{name}-green": {**told["services"][name], "profiles": ["green"]} for name in SERVERS}
        files.write(self.settings.state / GREEN_FILE, json.dumps({"services": services}, indent=1))


def _suffix(colour: Colour) -> str:
    return "" if colour is Colour.BLUE else "-green"
