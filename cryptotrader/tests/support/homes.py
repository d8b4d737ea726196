"""The home of a platform that has started before: its start needs a fifth of the processor time of a first one."""

import fcntl
import os
import subprocess
import sys
from pathlib import Path

from cryptotrader.local.home import ROOT, local_environment
from cryptotrader.local.logins import OWNER
from cryptotrader.local.processes import HOME_MARK, StopRequest
from cryptotrader.local.servers import servers

_OF_THE_RUN = {"DATABASE_URL", "REDIS_URL", "MAIL_DIR", "BACKUP_DIR", HOME_MARK}
_KEPT = ("postgres", "logins", "secrets")


def furnish(home: Path) -> None:
    """Puts migrated databases with the demo logins, and no prices, into an empty home.

    The first caller of a run of tests makes them, as `make run` does; the others get copies. They live in the home of
    that run, so that none is older than the migrations. Tests outside of `exec` have no such home: theirs stays empty,
    and the platform makes all by itself, as `test_run.py` always lets it.
    """
    of_the_run = os.environ.get(HOME_MARK)
    if of_the_run is None:
        return
    made = Path(of_the_run) / "furnished"
    with made.with_suffix(".lock").open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        if not made.exists():
            unfinished = made.with_suffix(f".{os.getpid()}")
            _make(unfinished)
            unfinished.rename(made)
    # With the owners of the files: PostgreSQL has an account of its own where tests run as root.
    subprocess.run(["cp", "-Rp", *(str(made / name) for name in _KEPT), str(home)], check=True)


def _make(home: Path) -> None:
    given = {name: value for name, value in os.environ.items() if name not in _OF_THE_RUN}
    home.mkdir()
    environ = local_environment(home, given) | {"FEED": "live"}  # the simulated one begins with an hour of prices
    with servers(home, given, StopRequest(), durable=True) as databases:
        subprocess.run(
            [sys.executable, "-m", "cryptotrader.local.prepare"],
            cwd=ROOT,
            env=environ | databases.urls_of(OWNER),
            check=True,
            stdout=subprocess.DEVNULL,
        )
