"""`launch.py DIRECTORY COMMAND…`: keeps one process running, and starts it again when it dies, until SIGTERM.

It stands alone: it imports nothing of ours, because it outlives the checkout that started it. It and its process hold
a lock on DIRECTORY/lock: the kernel frees it when the last of them has gone, however they ended. So no reader of a pid
file takes another process for this one.
"""

import ctypes
import fcntl
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import FrameType

RUNS_ALREADY = 5
DELAY_MIN, DELAY_MAX = 1.0, 30.0
"""Seconds between the death of a process and the next start: twice as long each time, until one lives that long."""
DIES_WITH_PARENT = 1
TRIES = 25


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


def _taken(lock: int) -> bool:
    """Takes the lock. A reader who asks whether it is held holds it for a moment, so one refusal is none."""
    for _ in range(TRIES):
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(0.02)
        else:
            return True
    return False


def main(directory: Path, command: list[str]) -> int:
    """Takes the lock, and keeps the process running. Returns RUNS_ALREADY if another keeper does."""
    lock = os.open(directory / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    if not _taken(lock):
        return RUNS_ALREADY
    (directory / "pid").write_text(f"{os.getpid()}\n")
    keeper = Keeper(lock, command)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, keeper.stop)
    return keeper.run()


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2:]))
