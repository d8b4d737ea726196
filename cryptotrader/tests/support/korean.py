"""A PostgreSQL of Debian's with Korean messages: the one from our wheel was built without translations."""

import os
import pwd
import re
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from signal import SIGINT
from urllib.parse import quote

import psycopg

from accounts.tests.patience import PATIENCE_SECONDS
from cryptotrader.local.processes import Account, Child, spawn, stop_all
from cryptotrader.local.server import last_words

CATALOGUES = Path("/usr/share/locale/ko/LC_MESSAGES")
SUPERUSER = "postgres"
"""An account in the database. If we are root, also the system account of Debian's package: no server runs as root."""


def korean_programs() -> Path | None:
    """Returns the directory of the newest server with a Korean catalogue; None without one."""
    versions = sorted(int(file.stem.removeprefix("postgres-")) for file in CATALOGUES.glob("postgres-*.mo"))
    found = [Path(f"/usr/lib/postgresql/{version}/bin") for version in versions]
    return next((each for each in reversed(found) if (each / "postgres").exists()), None)


@contextmanager
def korean_server(programs: Path) -> Iterator[str]:
    """Runs a server and yields its superuser's URL. Raises RuntimeError with its log if it doesn't start."""
    with tempfile.TemporaryDirectory(prefix="korean-") as name:
        home, account = Path(name), _account()
        if account is not None:
            os.chown(home, account.uid, account.gid)
        data, url = home / "data", f"postgresql://{SUPERUSER}@{quote(name, safe='')}:5432/postgres"
        locale = ["--locale=C.UTF-8", "--encoding=UTF8"]
        made = _start(home, [f"{programs}/initdb", f"-D{data}", f"-U{SUPERUSER}", "-Atrust", "-N", *locale], account)
        made.popen.wait()
        options = ["-clisten_addresses=", "-cfsync=off", "-cmax_connections=200"]
        server = _start(home, [f"{programs}/postgres", f"-D{data}", f"-k{home}", *options], account)
        try:
            _wait(url, home / "log")
            yield url
        finally:
            stop_all([server], grace_seconds=10, number=SIGINT)


def _account() -> Account | None:
    if os.geteuid() != 0:
        return None
    entry = pwd.getpwnam(SUPERUSER)
    return Account(entry.pw_uid, entry.pw_gid)


def _start(home: Path, command: Sequence[str], account: Account | None) -> Child:
    # In any locale but C, LANGUAGE chooses the catalogue: the machine needs no Korean locale.
    env = os.environ | {"LANGUAGE": "ko"}
    with (home / "log").open("ab") as log:
        return spawn(command, env=env, cwd=home, output=log, account=account, on_parent_death=SIGINT)


def _wait(url: str, log: Path) -> None:
    """Waits until it answers, and its log shows Korean."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        try:
            psycopg.connect(url).close()
        except psycopg.OperationalError:
            time.sleep(0.1)
        else:
            assert re.search("[가-힣]", last_words(log)), last_words(log)
            return
    raise RuntimeError(last_words(log))
