"""A process that counts in a shared directory: `python -m monitoring.tests.host.counting DIRECTORY NUMBER`.

It does what a line on stdin says, and answers with a line.
"""

import json
import os
import sys
from pathlib import Path

from monitoring.host.directory import Directory

directory = Directory(Path(sys.argv[1]))
directory.share()

from prometheus_client import Counter, Gauge, Histogram  # noqa: E402  (after the directory was shared)

EVENTS = Counter("events_total", "Events", ["kind"])
SIZES = Histogram("sizes", "Sizes", buckets=(1, 10))
OPEN = Gauge("open", "Open things", multiprocess_mode="livesum")


def count(number: int) -> None:
    EVENTS.labels("a").inc(number)
    SIZES.observe(number)
    OPEN.inc(number)


def fork() -> None:
    """A child counts one more of all, and ends."""
    child = os.fork()
    if child == 0:
        count(1)
        os._exit(0)
    os.waitpid(child, 0)


def tell() -> dict[str, float]:
    samples = [sample for family in directory.collect() for sample in family.samples]
    return {sample.name + sample.labels.get("le", ""): sample.value for sample in samples}


count(int(sys.argv[2]))
print(directory.own_name(), flush=True)  # noqa: T201
for line in sys.stdin:
    if line.strip() == "fork":
        fork()
    print(json.dumps(tell()), flush=True)  # noqa: T201
