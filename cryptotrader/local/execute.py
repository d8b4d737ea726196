"""`exec`: runs one command with temporary databases of its own, beside other runs in this checkout."""

import fcntl
import os
import shutil
import signal
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psutil

from cryptotrader.local.home import AlreadyRunning, local_environment, locked
from cryptotrader.local.processes import Child, StopRequest, adopt_orphans, end, reap_orphans, spawn
from cryptotrader.local.servers import servers

_PREFIX = "exec-"
_GRACE_SECONDS = 10.0


def execute(command: Sequence[str], homes: Path, *, data: Path | None, durable: bool) -> int:
    """Run a command with its DATABASE_URL and REDIS_URL; return its exit code, 128 + n if signal n ended it.

    The databases live in a new directory under `homes`, removed afterwards, or in `data`, which is kept.
    Raises AlreadyRunning if another run holds `data`, StartError, or StopRequested.
    """
    stop = StopRequest()
    with _own_home(homes, data) as home:
        stop.install()
        adopt_orphans()
        environ = local_environment(home, os.environ)
        with servers(home, os.environ, stop, durable=durable) as databases:
            # In our group and on our terminal: Ctrl-C reaches it directly, and pytest prints its report.
            child = spawn(command, env=environ | databases.urls, cwd=Path.cwd(), own_group=False)
            code = _wait(child, stop)
        # Its databases have gone, so nothing that it left is of use. Those with our mark end with the lock as well.
        end(psutil.Process().children(recursive=True))
    return code if code >= 0 else 128 - code


def _wait(child: Child, stop: StopRequest) -> int:
    deadline = None
    while (code := child.exit_code()) is None:
        if stop.asked and deadline is None:
            deadline = time.monotonic() + _GRACE_SECONDS
            if stop.number != signal.SIGINT:  # the terminal has already sent Ctrl-C to the command
                child.popen.send_signal(stop.number)
        if stop.urgent or (deadline is not None and time.monotonic() > deadline):
            child.popen.kill()
        reap_orphans()
        time.sleep(0.02)
    return code


@contextmanager
def _own_home(homes: Path, data: Path | None) -> Iterator[Path]:
    if data is not None:
        with locked(data.resolve()):
            yield data.resolve()
        return
    homes.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        # A home that is created but not yet locked looks abandoned: one process at a time.
        with (homes / f"{_PREFIX}lock").open("w") as turn:
            fcntl.flock(turn, fcntl.LOCK_EX)
            _remove_abandoned(homes)
            home = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=homes))
            stack.callback(shutil.rmtree, home, ignore_errors=True)
            stack.enter_context(locked(home))
        yield home


def _remove_abandoned(homes: Path) -> None:
    """Removes the homes of killed `exec`s. Taking the lock ends their servers."""
    for home in homes.glob(f"{_PREFIX}*/"):
        try:
            with locked(home):
                shutil.rmtree(home, ignore_errors=True)
        except AlreadyRunning:
            continue
