"""Child processes that never outlive us: each in its own group, stopped as a group, found again after a crash."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import psutil

# Every child and all its forks have this variable, so that a run can find the processes of an earlier, killed run.
HOME_MARK = "CRYPTOTRADER_HOME"
# These overwrite their environment with their process title; their working directory identifies them instead.
DATABASE_NAMES = {"postgres", "valkey-server"}

_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36
_own_children: set[int] = set()
_prctl = ctypes.CDLL(None).prctl if sys.platform == "linux" else None


class StopRequested(Exception):
    """A signal asked us to stop during the start."""


class StopRequest:
    """The signals' requests: `asked` after Ctrl-C, SIGTERM or SIGHUP, `urgent` after a second Ctrl-C.

    `number` is the first signal's.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.asked = False
        self.urgent = False
        self.number = 0
        self._clock = clock
        self._asked_at = 0.0

    def install(self) -> None:
        """Receives this process's signals. SIGHUP stays ignored if `nohup` had it ignored."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:
                signal.signal(number, lambda received, _frame: self.receive(received))

    def receive(self, number: int) -> None:
        """Takes one signal. Only a later Ctrl-C is urgent: `make` repeats signals that its whole group gets anyway."""
        if not self.asked:
            self.asked, self.number, self._asked_at = True, number, self._clock()
        elif number == signal.SIGINT and self._clock() - self._asked_at > 0.5:
            self.urgent = True

    def refuse_if_asked(self) -> None:
        """Raises StopRequested once a stop was asked for."""
        if self.asked:
            raise StopRequested


@dataclass(frozen=True, slots=True)
class Account:
    """The system account that a child runs as."""

    uid: int
    gid: int


class Child:
    """A running command and everything that it forked into its group."""

    def __init__(self, popen: subprocess.Popen[bytes]) -> None:
        self.popen = popen
        self.pid = popen.pid
        _own_children.add(self.pid)

    def exit_code(self) -> int | None:
        """None while the command runs; negative if a signal ended it."""
        code = self.popen.poll()
        if code is not None:
            _own_children.discard(self.pid)
        return code

    def signal(self, number: int) -> None:
        """Sends a signal to the whole group; does nothing when it's gone."""
        with suppress(ProcessLookupError, PermissionError):  # macOS answers EPERM for a group of zombies
            os.killpg(self.pid, number)

    def is_gone(self) -> bool:
        """Whether no process of the group is left."""
        if self.exit_code() is None:
            return False
        reap_orphans()
        try:
            os.killpg(self.pid, 0)
        except (ProcessLookupError, PermissionError):
            return True
        return False


def adopt_orphans() -> None:
    """Become the parent of grandchildren whose parent dies, so that we can end them (Linux only).

    Call reap_orphans now and then, or the dead ones stay in the list of processes.
    """
    if _prctl is not None:
        _prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def reap_orphans() -> None:
    """Remove the dead orphans. The exit codes of our own children are left for the code that started them."""
    if _prctl is None:
        return
    with suppress(ChildProcessError):
        while dead := os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT):
            if dead.si_pid in _own_children:
                break
            os.waitpid(dead.si_pid, 0)


def spawn(
    command: Sequence[str],
    *,
    env: Mapping[str, str],
    cwd: Path,
    output: IO[bytes] | int | None = None,
    account: Account | None = None,
    own_group: bool = True,
    on_parent_death: int = signal.SIGTERM,
) -> Child:
    """Start a command, stdout and stderr joined in `output` (ours if None), stdin closed unless it shares our group.

    Call it from the main thread: the kernel watches the thread that forked.
    """
    popen: subprocess.Popen[bytes] = subprocess.Popen(  # noqa: S603  (commands are ours)
        command,
        env=env,
        cwd=cwd,
        stdin=subprocess.DEVNULL if own_group else None,
        stdout=output,
        stderr=None if output is None else subprocess.STDOUT,
        start_new_session=own_group,
        user=account.uid if account else None,
        group=account.gid if account else None,
        extra_groups=[] if account else None,
        preexec_fn=_follow_parent(on_parent_death),  # noqa: PLW1509  (it calls the kernel and nothing else)
    )
    return Child(popen)


def _follow_parent(number: int) -> Callable[[], None] | None:
    """Ask the kernel to signal the child when we die: after `kill -9` no other process can stop it."""
    if _prctl is None:
        return None
    parent = os.getpid()

    def follow() -> None:
        _prctl(_PR_SET_PDEATHSIG, number, 0, 0, 0)
        if os.getppid() != parent:  # we died before the request to the kernel
            os._exit(1)

    return follow


def how_it_ended(code: int) -> str:
    """Describe an exit code in words."""
    if code >= 0:
        return f"ended with exit code {code}"
    return f"was ended by {signal.Signals(-code).name} (exit code {128 - code})"


def stop_all(
    children: Iterable[Child],
    *,
    grace_seconds: float,
    number: int = signal.SIGTERM,
    hurry: Callable[[], bool] = lambda: False,
    on_turn: Callable[[], None] = lambda: time.sleep(0.02),
) -> None:
    """Signal every group, wait until they are gone, kill the rest after the grace period or when `hurry()` is true."""
    left = [child for child in children if not child.is_gone()]
    for child in left:
        child.signal(number)
    for deadline, last_word in ((grace_seconds, signal.SIGKILL), (5.0, None)):
        until = time.monotonic() + deadline
        while left and time.monotonic() < until and not (hurry() and last_word):
            on_turn()
            left = [child for child in left if not child.is_gone()]
        for child in left:
            if last_word is not None:
                child.signal(last_word)


def leftovers(home: Path) -> list[psutil.Process]:
    """Return the processes of an earlier run with this home, which was killed before it could stop them."""
    ours = {os.getpid(), *(parent.pid for parent in psutil.Process().parents())}
    return [process for process in psutil.process_iter() if process.pid not in ours and _belongs(process, home)]


def _belongs(process: psutil.Process, home: Path) -> bool:
    try:
        if process.environ().get(HOME_MARK) == str(home):
            return True
        if process.name() not in DATABASE_NAMES:
            return False
        return process.cwd() in {str(home / "postgres" / "data"), str(home / "valkey")}
    except (psutil.Error, OSError):
        return False


def end(processes: Sequence[psutil.Process], grace_seconds: float = 5.0) -> None:
    """Ask processes that are not our children to stop; kill those that don't."""
    for process in processes:
        with suppress(psutil.Error):
            # PostgreSQL takes SIGTERM as "wait until the last client has left".
            process.send_signal(signal.SIGINT if process.name() == "postgres" else signal.SIGTERM)
    _, alive = psutil.wait_procs(processes, timeout=grace_seconds)
    for process in alive:
        with suppress(psutil.Error):
            process.kill()
    psutil.wait_procs(alive, timeout=2)
