"""Docker Compose as a place that runs the platform."""

import json
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from deploy.ct import failover
from deploy.ct.backend import DATABASE_TOO, SETTINGS_CHECK, Instance
from deploy.ct.console import Console
from deploy.ct.containers import Images, described, instance
from deploy.ct.keys import digests
from deploy.ct.outcome import Exit, Stopped
from deploy.ct.programs import become, run
from deploy.ct.rollout.state import Colour, Journal
from deploy.ct.settings import DEPLOY, Settings
from deploy.ct.targets import instance_hosts

SERVICES = (
    "nginx", "web", "stream", "worker", "settler", "beat", "feed", "postgres", "redis-cache", "redis-queue",
)  # fmt: skip
STORES = ("postgres", "redis-cache", "redis-queue")
WAIT_SECONDS = 180
UP_SECONDS = 2 * WAIT_SECONDS
GREEN_FILE = "green.json"
"""In the directory of the environment: the services of the second colour, which a deployment writes."""


class Compose:
    """The compose file with the overlays of this environment and of the parts that run beside the platform.

    CT_ENGINE (docker) builds images (containers.py), CT_COMPOSE (docker compose) runs them.
    """

    def __init__(self, settings: Settings, console: Console, release: str, parts: Sequence[str] = ()) -> None:
        self._settings = settings
        self._console = console
        self._release = release
        self._parts = parts
        self._ha = settings.is_ha
        self._images = Images(settings, console)
        self._engine = settings.words("CT_ENGINE", "docker")
        self._compose = settings.words("CT_COMPOSE", "docker compose")

    def check(self) -> str:
        try:
            run([*self._engine, "version"], environ={}, capture=True)
            return run([*self._compose, "version", "--short"], environ={}, capture=True).strip()
        except Stopped as error:
            raise Stopped(f"Docker doesn't answer: {error}", Exit.DEPENDENCY) from error

    def obtain(self, release: str) -> None:
        if self._ha:
            self._images.build_postgres()
        targets = ["image", *(["backup"] if "backup" in self._parts else [])]
        if not self._images.are_pulled:
            for target in targets:
                self._images.build(release, target)
        elif self._console.would(f"pull {self._images.name(release)}"):
            self.do("pull", *("web" if target == "image" else target for target in targets), release=release)

    def certificate(self, release: str, hosts: Sequence[str]) -> str:
        command = [*self._engine, "run", "--rm", "--network", "none", self._images.name(release), "certificate", *hosts]
        return run(command, environ={}, capture=True)

    def start_stores(self) -> None:
        if self._console.would("start PostgreSQL and Redis"):
            stores = (*STORES, *failover.SERVICES) if self._ha else STORES
            script = "/etc/postgres-ha/logins.sh" if self._ha else "/docker-entrypoint-initdb.d/10-logins.sh"
            self._bring_up(*stores, release=self._release)
            self.do("exec", "-T", "postgres", "sh", script)

    def migrate(self, release: str) -> None:
        if self._console.would("bring the database up to date"):
            self._once("migrate", release=release)

    def check_deployment(self, release: str) -> None:
        if self._console.would("check the settings (manage.py check --deploy)"):
            words = ("--entrypoint", "python", "worker", "manage.py", *SETTINGS_CHECK, *DATABASE_TOO)
            self._once(*words, release=release)

    def _once(self, *words: str, release: str) -> None:
        """Runs a command in a container of its own. Raises Stopped.

        Not with `--rm`: of a container that has gone some engines tell 0 (podman 4).
        """
        name = f"{self._settings.get('CT_PROJECT', 'cryptotrader')}-once"
        with suppress(Stopped):
            self.engine("rm", "--force", name)  # of a `ct` that was killed
        try:
            self.do("run", "-T", "--no-deps", "--name", name, *words, release=release)
        finally:
            with suppress(Stopped):
                self.engine("rm", "--force", name)

    def start(self, release: str) -> None:
        if self._console.would("start all processes, and wait until they are well"):
            self._bring_up("--remove-orphans", release=release)

    def _bring_up(self, *words: str, release: str) -> None:
        """Starts containers, and waits until they are well. Raises Stopped with those that aren't.

        Compose bounds the last of its waits alone: for a dependency that starts again and again it waits for ever.
        """
        wait = ("--detach", "--wait", "--wait-timeout", str(WAIT_SECONDS))
        try:
            run(self._command("up", *wait, *words), environ=self._environ(release), seconds=UP_SECONDS)
        except Stopped as error:
            self.check()
            ill = [f"{one.name} ({one.health or one.state})" for one in self.instances() if not one.well]
            raise Stopped(f"{error}; not well: {', '.join(ill) or 'none'}: `ct logs`", error.code) from error

    def reload_proxy(self) -> None:
        if self._console.would("let nginx read its configuration"):
            nginx = ("nginx", "-e", "stderr", "-c", "/etc/cryptotrader/nginx.conf")
            self.do("exec", "-T", "nginx", *nginx, "-q", "-t")
            self.do("exec", "-T", "nginx", *nginx, "-s", "reload")

    def stop(self) -> None:
        if self._console.would("stop everything; the data stays"):
            self.do("--profile", "*", "down", "--remove-orphans")

    def containers(self) -> list[dict[str, Any]]:
        """Returns the containers of the project as Compose describes them."""
        return described(self.read("ps", "--all", "--format", "json"))

    def instances(self) -> list[Instance]:
        kept = Journal(self._settings.state).read().kept
        return [instance(item, kept.colour if kept else None) for item in self.containers()]

    def counts(self) -> dict[str, int]:
        """Returns how many containers the settings ask for, of each service that starts without a profile."""
        told = json.loads(self.read("config", "--format", "json"))["services"]
        return {name: int(service.get("deploy", {}).get("replicas", 1)) for name, service in told.items()}

    def wanted(self) -> dict[str, int]:
        counts = {**self.counts(), **Journal(self._settings.state).read().scale}
        stores = failover.SERVICES if self._ha else ()
        services = [*SERVICES, *stores, *(["backup"] if "backup" in self._parts else [])]
        return {name: counts.get(name, 1) for name in services}

    def logs(self, services: Sequence[str], *, follow: bool, lines: int) -> None:
        options = ["--tail", str(lines), *(["--follow"] if follow else [])]
        self.check()
        known = self.read("--profile", "*", "config", "--services").split() if services else []
        for service in services:
            if service not in known:
                raise Stopped(f"there is no service {service}, only {', '.join(sorted(known))}", Exit.USAGE)
        become(self._command("logs", *options, *services), environ=self._environ(self._release))

    def manage(self, command: Sequence[str]) -> None:
        self.check()
        become(
            self._command("exec", self._web(), "python", "manage.py", *command), environ=self._environ(self._release)
        )

    def backup(self, words: Sequence[str]) -> None:
        self._become_archivist(["backup", *words])

    def base_backup(self, words: Sequence[str]) -> None:
        self._become_archivist(["base_backup", *words])

    def restore(self, words: Sequence[str]) -> None:
        self._become_archivist(["restore", *words])

    def ask(self, command: Sequence[str]) -> str:
        return self.read("exec", "-T", self._web(), "python", "manage.py", *command)

    def _become_archivist(self, command: Sequence[str]) -> None:
        """A container beside the nightly one, if there is one: the same image, volume and logins."""
        live = Journal(self._settings.state).read().live
        if live is None:
            raise Stopped("nothing is deployed here: `ct up`", Exit.USAGE)
        release = live.release
        beside = Compose(self._settings, self._console, release, sorted({*self._parts, "backup"}))
        beside.obtain(release)
        terminal = [] if sys.stdin.isatty() else ["-T"]
        words = ("run", "--rm", "--no-deps", *terminal, "--entrypoint", "python", "backup", "manage.py", *command)
        become(beside._command(*words), environ=beside._environ(release))

    def _web(self) -> str:
        """The service with the pages of the release that serves."""
        live = Journal(self._settings.state).read().live
        return "web-green" if live and live.colour is Colour.GREEN else "web"

    def storage(self) -> list[Path]:
        """Returns the engine's own directory, with images and volumes; none if it doesn't tell one of this host."""
        for template in ("{{.DockerRootDir}}", "{{.Store.GraphRoot}}"):  # Docker's, Podman's
            with suppress(Stopped):
                return [Path(self.engine("info", "--format", template).strip())]
        return []

    def known_services(self) -> list[str]:
        """Returns the names of the services that start without a profile."""
        return self.read("config", "--services").split()

    def read(self, *words: str, release: str = "") -> str:
        """Runs Compose, and returns its output. Raises Stopped."""
        return self._run(words, release, capture=True)

    def engine(self, *words: str) -> str:
        """Runs the engine itself, and returns its output. Raises Stopped."""
        return run([*self._engine, *words], environ={}, capture=True)

    def do(self, *words: str, release: str = "") -> None:
        """Runs Compose. Raises Stopped."""
        self._run(words, release)

    def _run(self, words: Sequence[str], release: str, *, capture: bool = False) -> str:
        """Runs Compose. Raises Stopped, of DEPENDENCY where Docker itself doesn't answer."""
        try:
            return run(self._command(*words), environ=self._environ(release or self._release), capture=capture)
        except Stopped as error:
            if error.code is Exit.FAILED:
                self.check()
            raise

    def _command(self, *words: str) -> list[str]:
        names = (self._settings.name, *(["ha"] if self._ha else []), *self._parts)
        overlays = [DEPLOY / f"compose.{name}.yml" for name in names]
        chosen = [DEPLOY / "compose.yml", *(path for path in overlays if path.exists())]
        green = self._settings.state / GREEN_FILE
        chosen += [green] if green.exists() else []
        return [*self._compose, *(word for path in chosen for word in ("--file", str(path))), *words]

    def _environ(self, release: str) -> Mapping[str, str]:
        return {
            **self._settings.variables,
            "CT_STATE": str(self._settings.state),
            "CT_DEPLOY": str(DEPLOY),
            **digests(self._settings.state / "secrets"),
            "CT_INSTANCE_HOSTS": ",".join(instance_hosts(self._settings)),
            "CRYPTOTRADER_TAG": release,
            "COMPOSE_ANSI": "never",
            "COMPOSE_PROGRESS": "plain",
        }
