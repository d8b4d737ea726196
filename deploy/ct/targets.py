"""The lists of Prometheus' targets: each container of the platform by its name, since each counts for itself."""

import json
from pathlib import Path

from deploy.ct import files
from deploy.ct.settings import Settings

REPLICAS = {"web": 2, "stream": 2, "worker": 1, "settler": 2, "beat": 1, "feed": 2}
"""As in compose.yml, unless the variable of a service says otherwise."""

PAGES, NO_PAGES = 8000, 9100
EXPORTERS = {
    "prometheus": ["prometheus:9090"],
    "alertmanager": ["alertmanager:9093"],
    "node": ["node-exporter:9100"],
    "postgres": ["postgres-exporter:9187"],
    "redis": ["redis-cache-exporter:9121", "redis-queue-exporter:9121"],
    "nginx": ["nginx-exporter:9113"],
}


def instances(settings: Settings, service: str) -> list[str]:
    """Returns the names of a service's containers, as Compose gives them."""
    project = settings.get("CT_PROJECT", "cryptotrader")
    count = int(settings.get(f"{service.upper()}_REPLICAS", str(REPLICAS[service])))
    return [f"{project}-{service}-{number}" for number in range(1, count + 1)]


def instance_hosts(settings: Settings) -> list[str]:
    """Returns the host names under which Prometheus asks servers: they must answer to them."""
    return ["web", "stream", *instances(settings, "web"), *instances(settings, "stream")]


def write_targets(directory: Path, settings: Settings) -> None:
    """Writes a file a job. JSON is YAML, too."""
    ports = {service: PAGES if service in ("web", "stream") else NO_PAGES for service in REPLICAS}
    ours = [f"{name}:{port}" for service, port in ports.items() for name in instances(settings, service)]
    for job, targets in {"cryptotrader": ours, **EXPORTERS}.items():
        files.write(directory / f"{job}.yml", json.dumps([{"targets": targets}]) + "\n")
