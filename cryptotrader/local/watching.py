"""`make run MONITORING=1`: Prometheus, Alertmanager and exporters, from Debian's packages where they are installed."""

import json
import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlencode, urlsplit

from cryptotrader.local.home import ROOT
from cryptotrader.local.ports import PortError, free_port, refuse_busy_port, wanted_port
from cryptotrader.local.processes import HOME_MARK
from cryptotrader.local.supervisor import Program
from cryptotrader.watch.alertmanager import configuration

DEPLOY = ROOT / "deploy" / "prometheus"
PACKAGES = {
    "prometheus": ("prometheus", "prometheus"),
    "alertmanager": ("prometheus-alertmanager", "alertmanager"),
    "node": ("prometheus-node-exporter", "node_exporter"),
    "postgres": ("prometheus-postgres-exporter", "postgres_exporter"),
    "redis": ("prometheus-redis-exporter", "redis_exporter"),
}
"""Debian's package of each program, which is the name of its command too, and the name that its authors give it."""

_PORTS = {"prometheus": ("PROMETHEUS_PORT", 9090), "alertmanager": ("ALERTMANAGER_PORT", 9093)}


@dataclass(frozen=True, slots=True)
class Watch:
    """The watchers of one run. Without Prometheus there are none. `missing` are packages of Debian."""

    home: Path
    commands: Mapping[str, str]
    ports: Mapping[str, int]
    missing: Sequence[str]

    @property
    def labels(self) -> list[str]:
        return list(self.commands)

    @property
    def lines(self) -> list[str]:
        """Tells where they are, and which packages are missing."""
        lines = [f"{name.capitalize()}: http://127.0.0.1:{self.ports[name]}/" for name in _PORTS if name in self.ports]
        if self.missing:
            lines.append(f"Not everything is watched. What is missing: apt-get install {' '.join(self.missing)}")
        return lines

    def programs(self, environ: Mapping[str, str], server_port: int) -> list[Program]:
        """Writes their configuration, and returns the programs. `environ` has the DATABASE_URL of the exporter's login.

        Raises ImproperlyConfigured when a receiver of alerts is wrong.
        """
        if not self.commands:
            return []
        self._write(server_port)
        private = {"postgres": _postgres(environ["DATABASE_URL"]), "redis": _redis(environ["REDIS_URL"])}
        # They get none of the platform's secrets, but the mark by which a later run finds them.
        common = {name: environ[name] for name in ("PATH", "LANG", "TZ") if name in environ}
        common |= {HOME_MARK: str(self.home)}
        return [
            Program(name, (command, *self._arguments(name)), common | private.get(name, {}), self._directory)
            for name, command in self.commands.items()
        ]

    @property
    def _directory(self) -> Path:
        return self.home / "monitoring"

    def _write(self, server_port: int) -> None:
        targets = self._directory / "targets"
        targets.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(DEPLOY / "prometheus.yml", self._directory / "prometheus.yml")
        rules = self._directory / "rules"
        rules.unlink(missing_ok=True)
        rules.symlink_to(DEPLOY / "rules")
        ports = {**self.ports, "cryptotrader": server_port}
        for job in (path.stem for path in (DEPLOY / "targets").glob("*.yml")):
            known = [_target(job, ports[job])] if job in ports else []
            (targets / f"{job}.yml").write_text(json.dumps(known))
        # A webhook's address is often its password.
        descriptor = os.open(self._directory / "alertmanager.yml", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(configuration())

    def _arguments(self, name: str) -> tuple[str, ...]:
        address = f"127.0.0.1:{self.ports[name]}"
        quiet = ("--log.level=warn", f"--web.listen-address={address}")
        return {
            "prometheus": (
                *quiet,
                f"--config.file={self._directory / 'prometheus.yml'}",
                f"--storage.tsdb.path={self._directory / 'prometheus'}",
                "--storage.tsdb.retention.size=1GB",
            ),
            "alertmanager": (
                *quiet,
                f"--config.file={self._directory / 'alertmanager.yml'}",
                f"--storage.path={self._directory / 'alertmanager'}",
                "--cluster.listen-address=",  # one alone has no peers
            ),
            "node": (*quiet, "--no-collector.systemd"),
            "postgres": (*quiet, "--no-collector.bgwriter", f"--extend.query-path={DEPLOY / 'postgres_queries.yml'}"),
            "redis": (f"-web.listen-address={address}",),  # it has no quiet
        }[name]


def _target(job: str, port: int) -> dict[str, object]:
    """An exporter has another port in each run; with its name instead of the address its series go on."""
    address: dict[str, object] = {"targets": [f"127.0.0.1:{port}"]}
    return address if job in {*_PORTS, "cryptotrader"} else address | {"labels": {"instance": "local"}}


def wanted_watch(home: Path, environ: Mapping[str, str]) -> Watch:
    """Return the watchers that MONITORING asks for and that are installed. Raises PortError."""
    if (environ.get("MONITORING") or "0").lower() in {"0", "no", "off", "false"}:
        return Watch(home, {}, {}, ())
    commands = {name: command for name in PACKAGES if (command := _command(name))}
    missing = [package for name, (package, _) in PACKAGES.items() if name not in commands]
    if "prometheus" not in commands:
        commands = {}
    ports = {name: _port(name, environ) for name in commands}
    return Watch(home, commands, ports, missing)


def _command(name: str) -> str | None:
    return next(filter(None, map(shutil.which, PACKAGES[name])), None)


def _port(name: str, environ: Mapping[str, str]) -> int:
    """A port that was asked for has to be free; the usual one may be taken by a service of the system."""
    if name not in _PORTS:
        return free_port()
    variable, usual = _PORTS[name]
    port = wanted_port(environ, variable, usual)
    try:
        refuse_busy_port(port, variable)
    except PortError:
        if environ.get(variable):
            raise
        return free_port()
    return port


def _postgres(url: str) -> dict[str, str]:
    """The exporter's URL. Its reader takes a socket's directory only as a parameter; of words it logs the password."""
    parts = urlsplit(url)
    login, _, place = parts.netloc.rpartition("@")
    host, _, port = place.partition(":")
    if "%2F" not in host:
        return {"DATA_SOURCE_NAME": url}
    query = urlencode([("host", unquote(host)), ("port", port), ("sslmode", "disable")])
    return {"DATA_SOURCE_NAME": f"postgresql://{login}@{parts.path}?{query}"}


def _redis(url: str) -> dict[str, str]:
    parts = urlsplit(url)
    address = f"{parts.scheme}://{parts.hostname}:{parts.port or 6379}"
    return {"REDIS_ADDR": address, "REDIS_PASSWORD": unquote(parts.password or ""), "REDIS_USER": parts.username or ""}
