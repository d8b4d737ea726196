"""The settings of metrics. `settings.py` imports all of them.

It is read before the first metric is made, and so decides where they are kept.
"""

import logging
from pathlib import Path

from cryptotrader import env
from monitoring.host.directory import Directory
from monitoring.host.identity import NAME, name_program

METRICS_DIR = env.text("METRICS_DIR", "")
METRICS_LISTEN = env.address("METRICS_LISTEN")
METRICS_NETWORKS = env.networks("METRICS_NETWORKS", "127.0.0.0/8,::1/128")
RECONCILE_EVERY_SECONDS = env.seconds("RECONCILE_EVERY", "1h")

# Health probes and metrics answer to METRICS_NETWORKS only, and never through a proxy.
PROMETHEUS_EXPORT_MIGRATIONS = False
# The bounds are those that objectives speak of: an answer within 250 ms, within a second.
PROMETHEUS_LATENCY_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, float("inf"))
TASK_QUEUES = ("celery", "settlement", "backup")
"""The queues of the broker. A worker without --queues serves both."""

name_program(env.matching("METRICS_PROGRAM", "", f"({NAME.pattern})?", "web"))
METRICS_DIRECTORY: Directory | None = None
if METRICS_DIR:
    try:
        METRICS_DIRECTORY = Directory(Path(METRICS_DIR))
        METRICS_DIRECTORY.share()
    except OSError as error:  # a full disk must not keep the platform from starting
        METRICS_DIRECTORY = None
        logging.getLogger(__name__).warning("METRICS_DIR can't be used, so this process counts alone: %s", error)
