"""Checks for leftover processes."""

import time
from collections.abc import Sequence

import psutil

from accounts.tests.patience import PATIENCE_SECONDS


def assert_gone(processes: Sequence[psutil.Process], wait_seconds: float = PATIENCE_SECONDS) -> None:
    """Fails unless all of them end soon. A zombie counts as ended: its new parent must collect it."""
    deadline = time.monotonic() + wait_seconds
    while alive := [process for process in processes if _is_alive(process)]:
        assert time.monotonic() < deadline, alive
        time.sleep(0.02)


def _is_alive(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
