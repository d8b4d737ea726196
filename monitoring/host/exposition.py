"""The metrics of this host as Prometheus text."""

from collections.abc import Iterable

from prometheus_client import REGISTRY, CollectorRegistry, Metric, disable_created_metrics, generate_latest
from prometheus_client.registry import Collector

from monitoring.host.directory import Directory
from monitoring.host.process import PROCESS

disable_created_metrics()  # they double the text, and say when a process first counted something


class HostCollector(Collector):
    """The metrics of all processes that share a directory; without one, of this process."""

    directory: Directory | None = None

    def describe(self) -> Iterable[Metric]:
        return []

    def collect(self) -> Iterable[Metric]:
        PROCESS.tell()
        return self.directory.collect() if self.directory else REGISTRY.collect()


HOST_COLLECTOR = HostCollector()
HOST = CollectorRegistry()
HOST.register(HOST_COLLECTOR)


def host_text() -> bytes:
    """The text. It asks no database and no network, so it's there in every outage."""
    return generate_latest(HOST)
