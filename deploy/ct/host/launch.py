"""`launch.py DIRECTORY LOCK COMMAND…`: keeps one process running, and starts it again when it dies, until SIGTERM.

It stands alone: it imports nothing of ours, because it outlives the checkout that started it. It and its process hold
a lock on DIRECTORY/lock. Its parent has taken it, and LOCK is the descriptor; the kernel frees it when the last of them
has gone, however they ended. So no reader of a pid file takes another process for this one.
"""

import ctypes
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import FrameType

DELAY_MIN, DELAY_MAX = 1.0, 30.0
"""Seconds between the death of a process and the next start: twice as long each time, until one lives that long."""
DIES_WITH_PARENT = 1


class Keeper:
    """The process, and whether it is to go on."""

    def __init__(self, lock: int, command: list[str]) -> None:
        self._lock, self._command = lock, command
        self._child: subprocess.Popen[bytes] | None = None
        self._stopping = False

    def stop(self, number: int, _: FrameType | None) -> None:
        """Passes the signal on."""
        self._stopping = True
        if self._child is not None and self._child.poll() is None:
            self._child.send_signal(number)

    def run(self) -> int:
        """Runs the process until a signal stops it; returns its last exit code."""
        delay = DELAY_MIN
        while True:
            began = time.monotonic()
            self._child = subprocess.Popen(  # noqa: S603
                self._command,
                pass_fds=(self._lock,),
                preexec_fn=_die_with_parent,  # noqa: PLW1509
            )
            if self._stopping:
                self._child.terminate()
            code = self._child.wait()
            if self._stopping:
                return code
            lived = time.monotonic() - began
            delay = DELAY_MIN if lived > DELAY_MAX else min(delay * 2, DELAY_MAX)
            sys.stderr.write(f"launch: it ended with {code} after {lived:.0f} s; again in {delay:.0f} s\n")
            sys.stderr.flush()
            self._pause(delay)
            if self._stopping:
                return code

    def _pause(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while not self._stopping and time.monotonic() < until:
            time.sleep(0.1)


def _die_with_parent() -> None:
    """When this keeper is killed, the system ends the process too (Linux)."""
    ctypes.CDLL(None).prctl(DIES_WITH_PARENT, signal.SIGTERM)


def main(directory: Path, lock: int, command: list[str]) -> int:
    """Keeps the process running. `lock` is the descriptor of the lock, which the parent has taken."""
    keeper = Keeper(lock, command)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, keeper.stop)
    pid = directory / f"pid.{os.getpid()}"
    pid.write_text(f"{os.getpid()}\n")
    pid.rename(directory / "pid")
    return keeper.run()


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3:]))
