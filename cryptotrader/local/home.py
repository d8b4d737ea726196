"""The directory of one local run: data, logs, secrets, and the lock that keeps other runs out."""

import fcntl
import os
import secrets
import signal
import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import quote, unquote

from cryptotrader.local.processes import HOME_MARK, end, leftovers

ROOT = Path(__file__).resolve().parents[2]
DEFAULT_HOME = ROOT / "var"
_SECRETS = ("SECRET_KEY", "JWT_SECRET", "ENCRYPTION_KEYS")


SITE = "SITE_URL"
_ADDRESSES = ("DATABASE_URL", "REDIS_URL", SITE)
_OF_BACKUPS = ("WAL_ARCHIVE_DIR", "PG_BIN_DIR", "BACKUP_", "BASE_BACKUPS_", "AWS_")
"""Beginnings of the names of settings that a backup or restore by hand must share with the run."""


_PLAIN = "/:@?=&+, "
"""Characters of an address that stay; a line's end, as in a key, doesn't."""


class NothingRuns(Exception):
    """No run holds this home."""


class AlreadyRunning(Exception):
    """Another run holds this home."""


@contextmanager
def locked(home: Path, *, as_holder: bool = True) -> Iterator[None]:
    """Hold a home; before and after, end every process that belongs to it. Raises AlreadyRunning.

    Before: the processes of a killed run. After: processes that have left our group, as daemons do.
    `as_holder`: stop_holder stops this process.
    The kernel releases the lock however we die; a pid file alone would be wrong after `kill -9`.
    """
    home.mkdir(parents=True, exist_ok=True)
    with (home / "lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AlreadyRunning from None
        lock.truncate(0)
        if as_holder:
            lock.write(f"{os.getpid()}\n")
            lock.flush()
        end(leftovers(home))
        try:
            yield
        finally:
            end(leftovers(home))
            lock.truncate(0)


def stop_holder(home: Path, wait_seconds: float = 30.0) -> bool:
    """Stop the run that holds a home, and wait until it's gone. Returns False if there was none."""
    was_running = False
    deadline = time.monotonic() + wait_seconds
    while time.monotonic() < deadline:
        try:
            with locked(home, as_holder=False):
                return was_running
        except AlreadyRunning:
            holder = (home / "lock").read_text().strip()
            if holder and not was_running:
                was_running = True
                with suppress(ProcessLookupError):
                    os.kill(int(holder), signal.SIGTERM)
            time.sleep(0.1)
    raise TimeoutError(f"it did not stop within {wait_seconds:g} s")


def local_environment(home: Path, environ: Mapping[str, str]) -> dict[str, str]:
    """Return the environment of all programs here: `environ` takes precedence, secrets are made once."""
    made = kept_secrets(home / "secrets", _SECRETS)
    given = {name for name in _SECRETS if environ.get(name) or environ.get(f"{name}_FILE")}
    return {
        "DJANGO_DEBUG": "1",
        "PYTHONUNBUFFERED": "1",
        "MAIL_DIR": str(home / "mail"),
        "BACKUP_DIR": str(home / "backups"),
        **environ,
        **{name: value for name, value in made.items() if name not in given},
        HOME_MARK: str(home),
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{environ.get('PATH', os.defpath)}",
    }


@contextmanager
def published_addresses(home: Path, environs: Mapping[str, Mapping[str, str]]) -> Iterator[None]:
    """Let `manage` find the databases of this run, for each login, while it lasts.

    Only we can read the file: it contains passwords.
    """
    published = home / "addresses"
    published.unlink(missing_ok=True)  # of a killed run
    with os.fdopen(os.open(published, os.O_WRONLY | os.O_CREAT, 0o600), "w") as file:
        for login, environ in environs.items():
            shared = [*_ADDRESSES, *(name for name in environ if name.startswith(_OF_BACKUPS))]
            file.writelines(f"{login} {name}={quote(environ[name], safe=_PLAIN)}\n" for name in shared)
    try:
        yield
    finally:
        published.unlink(missing_ok=True)


def running_environment(home: Path, environ: Mapping[str, str], login: str) -> dict[str, str]:
    """Return the environment of the run that holds this home, for a program with this login. Raises NothingRuns."""
    try:
        published = (home / "addresses").read_text()
    except FileNotFoundError:
        raise NothingRuns from None
    lines = (line.partition(" ")[2].split("=", 1) for line in published.splitlines() if line.startswith(f"{login} "))
    shared = {name: unquote(value) for name, value in lines}
    given = {name.removesuffix("_FILE") for name, value in environ.items() if value and name not in _ADDRESSES}
    ours = {name: value for name, value in shared.items() if name.removesuffix("_FILE") not in given}
    return local_environment(home, environ) | ours


def kept_secrets(path: Path, names: Iterable[str]) -> dict[str, str]:
    """Return the secrets in the file, and create the missing ones: at first all, later those of a newer version."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(descriptor, "r+") as file:
        kept = dict(line.split("=", 1) for line in file.read().splitlines() if "=" in line)
        missing = {name: secrets.token_urlsafe(48) for name in names if name not in kept}
        file.writelines(f"{name}={value}\n" for name, value in missing.items())
    return kept | missing
