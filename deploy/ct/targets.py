"""The lists of Prometheus' targets: each process of the platform by its name, since each counts for itself."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from deploy.ct import files
from deploy.ct.rollout.stage import SERVERS
from deploy.ct.rollout.state import Colour
from deploy.ct.settings import Settings

REPLICAS = {"web": 2, "stream": 2, "worker": 1, "settler": 2, "beat": 1, "feed": 2}
"""As in compose.yml, unless the variable of a service says otherwise."""

PAGES, NO_PAGES = 8000, 9100
REPLICAS_MAX = 100
COLOURED_MAX = 10
"""So many containers of a service in one colour answer to Prometheus by their names."""
JOB = "cryptotrader"
EXPORTERS = {
    "prometheus": ["prometheus:9090"],
    "alertmanager": ["alertmanager:9093"],
    "node": ["node-exporter:9100"],
    "postgres": ["postgres-exporter:9187"],
    "redis": ["redis-cache-exporter:9121", "redis-queue-exporter:9121"],
    "nginx": ["nginx-exporter:9113"],
}


@dataclass(frozen=True, slots=True)
class Target:
    """A process that tells its metrics. A server has a colour, by which a canary is told from the release beside it."""

    service: str
    address: str
    """`host:port`, as Prometheus reaches it."""
    colour: str = ""


def expected(settings: Settings) -> list[Target]:
    """Returns the containers that `ct up` starts."""
    return [container(service, name) for service in REPLICAS for name in _instances(settings, service)]


def container(service: str, name: str) -> Target:
    """Returns the target for a container of a service; those of the second colour have names with `-green`."""
    plain = service.removesuffix("-green")
    colour = "" if plain not in SERVERS else str(Colour.BLUE if plain == service else Colour.GREEN)
    return Target(plain, f"{name}:{PAGES if plain in SERVERS else NO_PAGES}", colour)


def instance_hosts(settings: Settings) -> list[str]:
    """Returns the host names under which Prometheus asks servers: they must answer to them."""
    project = settings.get("CT_PROJECT", "cryptotrader")
    services = [f"{service}{suffix}" for service in SERVERS for suffix in ("", "-green")]
    numbers = range(1, COLOURED_MAX + 1)
    return [*SERVERS, *(f"{project}-{service}-{number}" for service in services for number in numbers)]


def write_exporters(directory: Path, host: str) -> None:
    """Writes a file for each job beside the platform's own. One exporter asks nginx for the site by this name."""
    groups: dict[str, dict[str, Any]] = {job: {"targets": addresses} for job, addresses in EXPORTERS.items()}
    asked = {"__param_target": "https://nginx:8443/health/live", "__param_hostname": host}
    groups["site"] = {"targets": ["site-exporter:9115"], "labels": asked}
    for job, group in groups.items():
        files.write(directory / f"{job}.yml", json.dumps([group]) + "\n")


def write_targets(directory: Path, targets: Iterable[Target]) -> None:
    """Writes the platform's file; Prometheus notices by itself. JSON is YAML, too."""
    groups: dict[tuple[str, str], list[str]] = {}
    for target in targets:
        groups.setdefault((target.service, target.colour), []).append(target.address)
    told = [
        {"targets": sorted(addresses), "labels": {"service": service} | ({"colour": colour} if colour else {})}
        for (service, colour), addresses in sorted(groups.items())
    ]
    files.write(directory / f"{JOB}.yml", json.dumps(told, indent=1) + "\n")


def _instances(settings: Settings, service: str) -> list[str]:
    project = settings.get("CT_PROJECT", "cryptotrader")
    count = settings.whole(f"{service.upper()}_REPLICAS", REPLICAS[service], most=REPLICAS_MAX)
    return [f"{project}-{service}-{number}" for number in range(1, count + 1)]
