"""The state of this process, which it tells every few seconds: its resources, its pool, its counts of frames."""

import os
import resource
import threading
from collections.abc import Callable

import psutil
import structlog
from django.db.backends.postgresql.base import DatabaseWrapper
from prometheus_client import Counter, Gauge

from monitoring.host.identity import program

log = structlog.get_logger(__name__)

SECONDS = 5.0

CPU = Counter("cryptotrader_process_cpu_seconds_total", "Processor time of all its processes", ["program"])
MEMORY = Gauge(
    "cryptotrader_process_memory_bytes", "Resident memory of its processes", ["program"], multiprocess_mode="livesum"
)
FILES = Gauge(
    "cryptotrader_process_open_files", "Open files of its fullest process", ["program"], multiprocess_mode="livemax"
)
FILES_MAX = Gauge(
    "cryptotrader_process_open_files_max", "Files that a process may open", ["program"], multiprocess_mode="livemin"
)
STARTED = Gauge(
    "cryptotrader_process_start_time_seconds", "Its newest start, since 1970", ["program"], multiprocess_mode="livemax"
)
POOL = Gauge("cryptotrader_pool_connections", "Database connections", ["program", "state"], multiprocess_mode="livesum")
POOL_MAX = Gauge(
    "cryptotrader_pool_size_max",
    "Database connections that the pools may open",
    ["program"],
    multiprocess_mode="livesum",
)
WAITING = Gauge(
    "cryptotrader_pool_waiting", "Callers who wait for a connection", ["program"], multiprocess_mode="livesum"
)
POOL_WAIT = Counter("cryptotrader_pool_wait_seconds_total", "Time waited for connections", ["program"])
POOL_TIMEOUTS = Counter("cryptotrader_pool_timeouts_total", "Callers who got no connection in time", ["program"])


class ProcessState:
    """Tells the state of this process now, or again and again in a thread of its own, which every fork gets anew."""

    def __init__(self) -> None:
        self._also: list[Callable[[], None]] = []
        self._turn = threading.Lock()
        self._told = {"cpu": 0.0, "waited": 0.0, "timeouts": 0.0}
        self._pool: object = None
        self._begun = False

    def also(self, tell: Callable[[], None]) -> None:
        """Call `tell`, too, each time."""
        self._also.append(tell)

    def begin(self) -> None:
        """Tell it until the process ends; in its forks too."""
        if not self._begun:
            self._begun = True
            # No fork may happen while it tells: the child would get the locks of a thread that it doesn't have.
            os.register_at_fork(
                before=self._turn.acquire, after_in_parent=self._turn.release, after_in_child=self._begin_in_fork
            )
            self._start()

    def tell(self) -> None:
        """Tell the present state."""
        with self._turn:
            self._tell_resources()
            self._tell_pool()
            for also in self._also:
                also()

    def _begin_in_fork(self) -> None:
        self._turn.release()
        self._told = dict.fromkeys(self._told, 0.0)  # the parent has told of its own
        self._start()

    def _start(self) -> None:
        threading.Thread(target=self._go_on, name="process-state", daemon=True).start()

    def _go_on(self) -> None:
        wait = threading.Event()
        while True:
            try:
                self.tell()
            except Exception:  # a metric that can't be told must not end the others
                log.exception("metrics: the state can't be told")
            wait.wait(SECONDS)

    def _tell_resources(self) -> None:
        name, process = program(), psutil.Process()
        times = process.cpu_times()
        self._count(CPU.labels(name), "cpu", times.user + times.system)
        MEMORY.labels(name).set(process.memory_info().rss)
        FILES.labels(name).set(process.num_fds())
        FILES_MAX.labels(name).set(resource.getrlimit(resource.RLIMIT_NOFILE)[0])
        STARTED.labels(name).set(process.create_time())

    def _tell_pool(self) -> None:
        """Tell of the pool, where the process has one: Celery gives each task a new one, and closes it."""
        pool = getattr(DatabaseWrapper, "_connection_pools", {}).get("default")
        if pool is not self._pool:
            self._pool, self._told["waited"], self._told["timeouts"] = pool, 0.0, 0.0
        name, state = program(), pool.get_stats() if pool else {}
        idle, size = state.get("pool_available", 0), state.get("pool_size", 0)
        POOL.labels(name, "idle").set(idle)
        POOL.labels(name, "used").set(max(0, size - idle))
        POOL_MAX.labels(name).set(state.get("pool_max", 0))
        WAITING.labels(name).set(state.get("requests_waiting", 0))
        self._count(POOL_WAIT.labels(name), "waited", state.get("requests_wait_ms", 0) / 1000)
        self._count(POOL_TIMEOUTS.labels(name), "timeouts", state.get("requests_errors", 0))

    def _count(self, counter: Counter, about: str, total: float) -> None:
        """Brings a counter to a total that something else counts."""
        counter.inc(max(0.0, total - self._told[about]))
        self._told[about] = total


PROCESS = ProcessState()
"""This process's."""
