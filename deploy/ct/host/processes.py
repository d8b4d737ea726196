"""The processes that `ct` has started on this host: each has a directory with its record, its lock and its pid."""

import fcntl
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path

from deploy.ct import files
from deploy.ct.host.sockets import listens
from deploy.ct.outcome import Stopped

LAUNCH = Path(__file__).with_name("launch.py")
START_SECONDS = 10.0
STOP_SECONDS = 45.0
"""Longer than GRACE_SECONDS; then it is killed."""
TRIES = 25


@dataclass(frozen=True, slots=True)
class Record:
    """One process: `web-green-1` of a release. A background process has no colour and no port."""

    service: str
    name: str
    release: str
    colour: str = ""
    port: int = 0
    begun_with: str = field(default="", compare=False)
    """A digest of its settings and secrets. Secrets themselves are never written here."""


class Processes:
    """All of them. Only those count whose lock is held: they live."""

    def __init__(
        self, home: Path, *, wait: Callable[[float], None] = time.sleep, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._home, self._logs = home / "run", home / "log"
        self._wait, self._clock = wait, clock

    def directory(self, name: str) -> Path:
        return self._home / name

    def running(self) -> list[Record]:
        """Returns the records of the living processes, by name."""
        found = []
        for path in sorted(self._home.glob("*/record.json")):
            with suppress(FileNotFoundError):
                if is_held(path.parent / "lock"):
                    found.append(_record(path))
        return found

    def listens(self, name: str, port: int) -> bool:
        """Whether it is the process of this name that listens on a port, not another one of this host."""
        try:
            keeper = int((self.directory(name) / "pid").read_text())
        except (FileNotFoundError, ValueError):
            return False
        return listens(keeper, port)

    def start(self, record: Record, command: Sequence[str], environ: Mapping[str, str], root: Path) -> None:
        """Starts a process unless it lives. Raises Stopped if its keeper doesn't start."""
        directory = self.directory(record.name)
        directory.mkdir(parents=True, exist_ok=True)
        self._logs.mkdir(parents=True, exist_ok=True)
        lock = os.open(directory / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            if not self._is_taken(lock):
                return
            (directory / "pid").unlink(missing_ok=True)
            files.write(directory / "record.json", json.dumps(asdict(record)))
            self._launch(record, lock, command, environ, root)
        finally:
            os.close(lock)
        deadline = self._clock() + START_SECONDS
        while not (directory / "pid").exists():
            if self._clock() > deadline or not is_held(directory / "lock"):
                raise Stopped(f"{record.name} did not start: see {self._logs / record.name}.log")
            self._wait(0.02)

    def _is_taken(self, lock: int) -> bool:
        """Takes the lock. A reader who asks whether it is held holds it for a moment, so one refusal is none."""
        for _ in range(TRIES):
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                self._wait(0.02)
            else:
                return True
        return False

    def _launch(
        self, record: Record, lock: int, command: Sequence[str], environ: Mapping[str, str], root: Path
    ) -> None:
        """Starts the keeper, which shares our lock from its first moment: `ct` may be killed before it is up."""
        with (self._logs / f"{record.name}.log").open("ab") as log:
            subprocess.Popen(  # noqa: S603  (it outlives us)
                [sys.executable, "-I", str(LAUNCH), str(self.directory(record.name)), str(lock), *command],
                cwd=root,
                env=dict(environ),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                pass_fds=(lock,),
                start_new_session=True,
            )

    def stop(self, record: Record) -> None:
        """Sends SIGTERM, and waits until the process has gone; after 45 s it is killed."""
        directory = self.directory(record.name)
        deadline = self._clock() + STOP_SECONDS
        is_told = False  # once: some servers take a second word for a kill
        while is_held(directory / "lock"):
            is_told = is_told or self._signal(directory, signal.SIGTERM)
            if self._clock() > deadline:
                self._signal(directory, signal.SIGKILL)
            self._wait(0.1)
        (directory / "record.json").unlink(missing_ok=True)

    def _signal(self, directory: Path, number: signal.Signals) -> bool:
        """To the keeper, which passes it on; to the whole group to kill it, or when the keeper was killed. Returns
        whether anybody was there: a keeper that starts has no pid yet.
        """
        with suppress(FileNotFoundError, ValueError, ProcessLookupError):
            pid = int((directory / "pid").read_text())
            whole_group = number is signal.SIGKILL or not Path(f"/proc/{pid}").exists()
            (os.killpg if whole_group else os.kill)(pid, number)
            return True
        return False


def _record(path: Path) -> Record:
    try:
        return Record(**files.told(path, Record))
    except TypeError as error:
        raise files.broken(path, error) from error


def is_held(lock: Path) -> bool:
    """Whether somebody holds the lock."""
    try:
        descriptor = os.open(lock, os.O_RDWR)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False
