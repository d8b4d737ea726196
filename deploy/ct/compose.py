"""Docker Compose as a place that runs the platform."""

import json
import shlex
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from deploy.ct import failover
from deploy.ct.backend import Instance
from deploy.ct.console import Console
from deploy.ct.containers import instance
from deploy.ct.keys import digest_of_files
from deploy.ct.outcome import Exit, Stopped
from deploy.ct.programs import become, run
from deploy.ct.rollout.state import Colour, Journal
from deploy.ct.settings import DEPLOY, ROOT, Settings
from deploy.ct.targets import instance_hosts

SERVICES = (
    "nginx", "web", "stream", "worker", "settler", "beat", "feed", "postgres", "redis-cache", "redis-queue",
)  # fmt: skip
STORES = ("postgres", "redis-cache", "redis-queue")
POSTGRES_HA = "cryptotrader-postgres-ha:18"
"""As in compose.ha.yml."""
WAIT_SECONDS = "180"
GREEN_FILE = "green.json"
"""In the directory of the environment: the services of the second colour, which a deployment writes."""


class Compose:
    """The compose file with the overlays of this environment and of the parts that run beside the platform.

    CT_ENGINE (docker) builds images, CT_COMPOSE (docker compose) runs them; CT_BUILD_ARGS goes to each build.
    """

    def __init__(self, settings: Settings, console: Console, release: str, parts: Sequence[str] = ()) -> None:
        self._settings = settings
        self._console = console
        self._release = release
        self._parts = parts
        self._ha = settings.is_ha
        self._engine = shlex.split(settings.get("CT_ENGINE", "docker"))
        self._compose = shlex.split(settings.get("CT_COMPOSE", "docker compose"))

    def check(self) -> str:
        try:
            run([*self._engine, "version"], environ={}, capture=True)
            return run([*self._compose, "version", "--short"], environ={}, capture=True).strip()
        except Stopped as error:
            raise Stopped(f"Docker doesn't answer: {error}", Exit.DEPENDENCY) from error

    def obtain(self, release: str) -> None:
        if self._ha and not self._settings.get("POSTGRES_HA_IMAGE"):
            self._build_postgres()
        targets = ["image", *(["backup"] if "backup" in self._parts else [])]
        if self._comes_from_a_registry():
            if self._console.would(f"pull {self._image(release)}"):
                self._do("pull", *("web" if target == "image" else target for target in targets), release=release)
            return
        for target in targets:
            image = self._image(release, target)
            fixed = not release.endswith("-dirty") and self._has(image)
            if not fixed and self._console.would(f"build {image}"):
                self._build(image, release, target)

    def certificate(self, release: str, hosts: Sequence[str]) -> str:
        command = [*self._engine, "run", "--rm", "--network", "none", self._image(release), "certificate", *hosts]
        return run(command, environ={}, capture=True)

    def start_stores(self) -> None:
        if self._console.would("start PostgreSQL and Redis"):
            stores = (*STORES, *failover.SERVICES) if self._ha else STORES
            script = "/etc/postgres-ha/logins.sh" if self._ha else "/docker-entrypoint-initdb.d/10-logins.sh"
            self._do("up", "--detach", "--wait", "--wait-timeout", WAIT_SECONDS, *stores)
            self._do("exec", "-T", "postgres", "sh", script)

    def migrate(self, release: str) -> None:
        if self._console.would("bring the database up to date"):
            self._do("run", "--rm", "-T", "--no-deps", "migrate", release=release)

    def check_deployment(self, release: str) -> None:
        if self._console.would("check the settings (manage.py check --deploy)"):
            checks = ("manage.py", "check", "--deploy", "--fail-level", "WARNING", "--database", "default")
            self._do("run", "--rm", "-T", "--no-deps", "--entrypoint", "python", "worker", *checks, release=release)

    def start(self, release: str) -> None:
        if self._console.would("start all processes, and wait until they are well"):
            self._do("up", "--detach", "--wait", "--wait-timeout", WAIT_SECONDS, "--remove-orphans", release=release)

    def reload_proxy(self) -> None:
        if self._console.would("let nginx read its configuration"):
            nginx = ("nginx", "-e", "stderr", "-c", "/etc/cryptotrader/nginx.conf")
            self._do("exec", "-T", "nginx", *nginx, "-q", "-t")
            self._do("exec", "-T", "nginx", *nginx, "-s", "reload")

    def stop(self) -> None:
        if self._console.would("stop everything; the data stays"):
            self._do("--profile", "*", "down", "--remove-orphans")

    def containers(self) -> list[dict[str, Any]]:
        """Returns the containers of the project as Compose describes them."""
        text = run(self._command("ps", "--all", "--format", "json"), environ=self._environ(self._release), capture=True)
        # One object a line; versions before 2.21 print one list.
        found: list[dict[str, Any]] = (
            json.loads(text) if text.startswith("[") else [json.loads(line) for line in text.splitlines() if line]
        )
        return found

    def instances(self) -> list[Instance]:
        kept = Journal(self._settings.state).read().kept
        return [instance(item, kept.colour if kept else None) for item in self.containers()]

    def counts(self) -> dict[str, int]:
        """Returns how many containers the settings ask for, of each service that starts without a profile."""
        told = json.loads(self.read("config", "--format", "json"))["services"]
        return {name: int(service.get("deploy", {}).get("replicas", 1)) for name, service in told.items()}

    def wanted(self) -> dict[str, int]:
        counts = {**self.counts(), **Journal(self._settings.state).read().scale}
        services = [
            *SERVICES,
            *(failover.SERVICES if self._ha else ()),
            *(["backup"] if "backup" in self._parts else []),
        ]
        return {name: counts.get(name, 1) for name in services}

    def logs(self, services: Sequence[str], *, follow: bool, lines: int) -> None:
        options = ["--tail", str(lines), *(["--follow"] if follow else [])]
        become(self._command("logs", *options, *services), environ=self._environ(self._release))

    def manage(self, command: Sequence[str]) -> None:
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
        full = self._command("exec", "-T", self._web(), "python", "manage.py", *command)
        return run(full, environ=self._environ(self._release), capture=True)

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
        return run(self._command(*words), environ=self._environ(release or self._release), capture=True)

    def engine(self, *words: str) -> str:
        """Runs the engine itself, and returns its output. Raises Stopped."""
        return run([*self._engine, *words], environ={}, capture=True)

    def do(self, *words: str, release: str) -> None:
        """Runs Compose. Raises Stopped."""
        self._do(*words, release=release)

    def _do(self, *words: str, release: str = "") -> None:
        run(self._command(*words), environ=self._environ(release or self._release))

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
            "CT_SECRETS": digest_of_files(self._settings.state / "secrets"),
            "CT_INSTANCE_HOSTS": ",".join(instance_hosts(self._settings)),
            "CRYPTOTRADER_TAG": release,
            "COMPOSE_ANSI": "never",
            "COMPOSE_PROGRESS": "plain",
        }

    def _image(self, release: str, target: str = "image") -> str:
        suffix = "" if target == "image" else f"-{target}"
        return f"{self._settings.get('CRYPTOTRADER_IMAGE', 'cryptotrader')}{suffix}:{release}"

    def _comes_from_a_registry(self) -> bool:
        name = self._settings.get("CRYPTOTRADER_IMAGE")
        return "/" in name and not name.startswith("localhost/")

    def _has(self, image: str) -> bool:
        try:
            run([*self._engine, "image", "inspect", image], environ={}, capture=True)
        except Stopped:
            return False
        return True

    def _build_postgres(self) -> None:
        if self._has(POSTGRES_HA) or not self._console.would(f"build {POSTGRES_HA}"):
            return
        base = self._settings.get("POSTGRES_IMAGE")
        words = [
            *shlex.split(self._settings.get("CT_BUILD_ARGS")),
            *(["--build-arg", f"POSTGRES_IMAGE={base}"] if base else []),
        ]
        run([*self._engine, "build", *words, "--tag", POSTGRES_HA, str(DEPLOY / "postgres-ha")], environ={})

    def _build(self, image: str, release: str, target: str) -> None:
        given = {name: self._settings.get(name) for name in ("PYTHON_IMAGE", "NODE_IMAGE")}
        values = {name: value for name, value in given.items() if value} | {"VERSION": release, "REVISION": release}
        arguments = [word for name, value in values.items() for word in ("--build-arg", f"{name}={value}")]
        extra = shlex.split(self._settings.get("CT_BUILD_ARGS"))
        run([*self._engine, "build", *extra, *arguments, "--target", target, "--tag", image, str(ROOT)], environ={})
