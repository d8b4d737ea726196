"""One server as processes of this host: it can be killed as by `kill -9`, and frozen as by a cut network."""

import os
import signal
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

from cryptotrader.local.processes import HOME_MARK, Account, Child, reap_orphans, spawn
from cryptotrader.local.server import open_log

PAUSE_SECONDS = 0.1


class Failed(Exception):
    """The rehearsal can't go on; the message says why, in one line."""


@dataclass(frozen=True, slots=True)
class Ground:
    """Where the servers of a rehearsal stand: their directory, and the account that they run as (None: ours)."""

    home: Path
    account: Account | None

    def directory(self, name: str) -> Path:
        """Makes a directory that the servers can write into."""
        path = self.home / name
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        if self.account is not None:
            os.chown(path, self.account.uid, self.account.gid)
        return path

    def write(self, path: Path, text: str) -> Path:
        """Writes a file that only the servers, and we, can read."""
        path.touch(mode=0o600)
        path.write_text(text, encoding="utf-8")
        if self.account is not None:
            os.chown(path, self.account.uid, self.account.gid)
        return path


class Node:
    """A program and everything that it has started."""

    def __init__(
        self, name: str, command: Sequence[str], ground: Ground, *, environ: Mapping[str, str] | None = None
    ) -> None:
        self.name, self.command, self.ground = name, tuple(command), ground
        self.directory = ground.directory(name)
        self.log = ground.home / "log" / f"{name}.log"
        self.starts = 0
        self._environ = {**(environ or os.environ), HOME_MARK: str(ground.home)}
        self._child: Child | None = None

    def start(self) -> None:
        """Starts the program. Call it from the main thread: the system ends the program when that thread is gone."""
        self.starts += 1
        with open_log(self.log) as output:
            self._child = spawn(
                self.command,
                env=self._environ,
                cwd=self.directory,
                output=output,
                account=self.ground.account,
                on_parent_death=signal.SIGKILL,
            )

    @property
    def runs(self) -> bool:
        return self._child is not None and self._child.exit_code() is None

    def processes(self) -> list[psutil.Process]:
        """Returns all its processes that live, parents first."""
        return [] if self._child is None else family(self._child.pid)

    def send(self, number: int) -> None:
        """Sends a signal to all its processes."""
        signal_all(self.processes(), number)

    def kill(self) -> None:
        """Ends all its processes at once, as the loss of a machine does."""
        processes = self.processes()
        signal_all(processes, signal.SIGKILL)
        psutil.wait_procs(processes, timeout=5)
        self.runs  # noqa: B018  (collects the exit code)

    def freeze(self) -> None:
        """Stops all its processes: they answer nobody, and end no connection, as behind a cut network."""
        self.send(signal.SIGSTOP)

    def thaw(self) -> None:
        self.send(signal.SIGCONT)

    def last_words(self) -> str:
        """Returns the last line of its log."""
        lines = self.log.read_text(errors="replace").splitlines() if self.log.exists() else []
        return lines[-1] if lines else "(it said nothing)"


def family(pid: int) -> list[psutil.Process]:
    """Returns a process with all that it has started; nothing when it is gone."""
    with suppress(psutil.NoSuchProcess):
        head = psutil.Process(pid)
        return [head, *head.children(recursive=True)]
    return []


def signal_all(processes: Sequence[psutil.Process], number: int) -> None:
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            process.send_signal(number)


def pause(seconds: float) -> None:
    """Sleeps, and buries the daemons that have ended: Patroni waits until its PostgreSQL is out of the list."""
    until = time.monotonic() + seconds
    while (left := until - time.monotonic()) > 0:
        reap_orphans()
        time.sleep(min(left, PAUSE_SECONDS))


def wait_until(condition: Callable[[], bool], what: str, seconds: float) -> float:
    """Waits, and returns the seconds that it took. Raises Failed."""
    began = time.monotonic()
    while not condition():
        if time.monotonic() - began > seconds:
            raise Failed(f"{what}: not within {seconds:g} s")
        pause(PAUSE_SECONDS)
    return time.monotonic() - began
