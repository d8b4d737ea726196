"""A site of processes on this host, with throw-away databases, for tests and rehearsals of deployments."""

import json
import os
import shutil
import ssl
import subprocess
import sys
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

from cryptotrader.local.ports import free_ports
from deploy.ct.host.environment import environment
from deploy.ct.host.nginx import Nginx
from deploy.ct.host.processes import Processes
from deploy.ct.rollout.state import Journal, State
from deploy.ct.settings import ROOT, Settings, load
from deploy.ct.smoke.web import Web

LOGINS = ("owner", "app", "feed", "settler", "backup")
SECONDS = 900
PORTS = 41
"""How many `ct` may take for processes: forty servers, and the metrics of all others."""


class Site:
    """One environment below a directory. DATABASE_URL and REDIS_URL name its stores; one login does for all."""

    program = ROOT / "deploy" / "bin" / "ct"

    def __init__(self, home: Path, database: str, redis: str, variables: Mapping[str, str]) -> None:
        self.home, self.state = home, home / "development"
        secrets = self.state / "secrets"
        secrets.mkdir(parents=True)
        home.chmod(0o711)
        for login in LOGINS:
            (secrets / f"database_url_{login}").write_text(database)
        for name in ("queue", "cache"):
            (secrets / f"redis_{name}_url").write_text(redis)
        https, http, status, base, *_ = free_ports(3 + PORTS)
        self.variables = {
            "SITE_URL": f"https://localhost:{https}",
            "HTTPS_PORT": str(https),
            "HTTP_PORT": str(http),
            "NGINX_STATUS_PORT": str(status),
            "CT_BACKEND": "host",
            "CT_PYTHON": sys.executable,
            "CT_PORT_BASE": str(base),
            **variables,
        }
        lines = [f"{name}={value}\n" for name, value in self.variables.items()]
        (self.state / "settings.env").write_text("".join(lines))
        self._running: subprocess.Popen[str] | None = None

    def ct(self, *words: str, wait: bool = True) -> "subprocess.Popen[str]":
        """Runs `ct`; its output and its progress are pipes."""
        process = subprocess.Popen(  # noqa: S603
            self.command(*words),
            env=self.environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self._running = process
        if wait:
            out, err = process.communicate(timeout=SECONDS)
            (self.home / "last").write_text(f"{out}\n{err}")
        return process

    def command(self, *words: str) -> list[str]:
        return [sys.executable, str(self.program), *words]

    @property
    def environ(self) -> dict[str, str]:
        """The variables of `ct`: none of the stores' addresses."""
        told = {name: value for name, value in os.environ.items() if not name.endswith("_URL")}
        return {**told, "CT_HOME": str(self.home)}

    @property
    def last(self) -> str:
        """What the last `ct` said."""
        return (self.home / "last").read_text()

    @property
    def settings(self) -> Settings:
        return load("development", {"CT_HOME": str(self.home)})

    @property
    def web(self) -> Web:
        return Web.of(self.settings)

    @property
    def context(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=str(self.state / "tls" / "authority.crt"))

    @property
    def journal(self) -> State:
        return Journal(self.state).read()

    def copy(self, release: str, name: str, **changed: str) -> None:
        """Makes another release: an installed one with other texts at the end of some files."""
        root = self.state / "releases"
        shutil.copytree(root / release, root / name, symlinks=True, copy_function=os.link)
        for path, text in changed.items():
            file = root / name / path
            content = file.read_text() + text
            file.unlink()  # the other release has the same file
            file.write_text(content)

    def token(self, release: str) -> str:
        """Makes a person with demo money, and returns their access token."""
        root = self.state / "releases" / release
        told = subprocess.run(
            [sys.executable, "manage.py", "make_probe", "--email", "probe@example.com", "--json"],
            cwd=root,
            env=environment(self.settings, "web"),
            capture_output=True,
            text=True,
            check=True,
        )
        answer = self.web.post("/api/v1/auth/token", json.loads(told.stdout), {})
        return str(answer.body["access"])

    def manage(self, release: str, command: str) -> int:
        """Runs a command of manage.py, and returns its exit code."""
        done = subprocess.run(  # noqa: S603
            [sys.executable, "manage.py", command],
            cwd=self.state / "releases" / release,
            env=environment(self.settings, "web"),
            stdout=2,
            check=False,
        )
        return done.returncode

    def interrupt(self) -> None:
        """Ends the `ct` under way."""
        if self._running is not None and self._running.returncode is None:
            with suppress(ProcessLookupError):
                self._running.terminate()

    def end(self) -> None:
        """Ends nginx and all processes."""
        Nginx(self.settings).stop()
        processes = Processes(self.state)
        with ThreadPoolExecutor(PORTS) as pool:  # a rehearsal that is ended has ten seconds
            list(pool.map(processes.stop, processes.running()))
