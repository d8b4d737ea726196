"""Wires metrics into a process: what is measured, where it is kept, and who tells of it."""

from django.conf import settings

from cryptotrader.metering import tasks
from monitoring.host.exposition import HOST_COLLECTOR, host_text
from monitoring.host.identity import LASTING, program
from monitoring.host.listener import Listener
from monitoring.host.process import PROCESS
from trading.metrics import FRAMES


def begin() -> None:
    """Measure tasks. A program that lasts tells its state, and listens at METRICS_LISTEN; a command does neither."""
    tasks.connect()
    HOST_COLLECTOR.directory = settings.METRICS_DIRECTORY
    PROCESS.also(FRAMES.tell)
    if program() not in LASTING:
        return
    if settings.METRICS_LISTEN is not None:
        PROCESS.also(Listener(settings.METRICS_LISTEN, settings.METRICS_NETWORKS, host_text).try_once_more)
    PROCESS.begin()
