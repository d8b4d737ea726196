"""A server of its own, started on a copy of a base backup, that plays the archived log up to a moment."""

import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from signal import SIGINT
from typing import Any

import psycopg

from monitoring.archive.programs import find_program
from monitoring.domain.recovery import BaseBackup, RestoreRefused
from monitoring.recovery.base_backups import Archive, account_of, run_as_owner_of
from monitoring.recovery.server import Server

_PREFIX = "recovery-"
_STOP_SECONDS = 30.0
_NOT_REACHED = "recovery ended before configured recovery target was reached"
_LAST = re.compile(r"last completed transaction was at log time ([^\n]+)")


@contextmanager
def recovered_server(archive: Archive, base: BaseBackup, moment: datetime, user: str) -> Iterator[Server]:
    """Within, a server has all that was committed before `moment`, and nothing later. It is gone afterwards.

    One at a time: it removes what an earlier one has left. `user` is the login that connects to it, without a password:
    only the archive's owner reaches its socket. Raises RestoreRefused when the archive ends before that moment, or
    lacks a piece of the log.
    """
    _remove_leftovers(archive)
    home = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=archive.base))
    sockets = Path(tempfile.mkdtemp(prefix="cryptotrader-recovery-"))  # a socket's path must be short
    try:
        try:
            _copy(archive, base, home, sockets)
        except subprocess.CalledProcessError as error:  # of `cp`, which tells of each file
            raise RestoreRefused(f"{base.name} can't be copied: {error.output.strip().splitlines()[0]}") from error
        process = _start(archive, home, sockets, moment)
        try:
            server = Server(str(sockets), "5432", user)
            _wait_until_it_answers(server, process, home / "log")
            yield server
        finally:
            process.send_signal(SIGINT)
            _end(process)
    finally:
        shutil.rmtree(home, ignore_errors=True)
        shutil.rmtree(sockets, ignore_errors=True)


def _remove_leftovers(archive: Archive) -> None:
    """Removes the copies of killed recoveries. Their servers end by themselves when their files are gone."""
    for home in archive.base.glob(f"{_PREFIX}*"):
        shutil.rmtree(home, ignore_errors=True)


def _copy(archive: Archive, base: BaseBackup, home: Path, sockets: Path) -> None:
    owner = account_of(archive.base)
    for directory in (home, sockets) if owner else ():
        shutil.chown(directory, owner["user"], owner["group"])
    run_as_owner_of(archive.base, ["cp", "--archive", archive.path_of(base), home / "data"])
    (home / "rules").write_text("local all all trust\n")
    (home / "data" / "recovery.signal").touch()


def _start(archive: Archive, home: Path, sockets: Path, moment: datetime) -> subprocess.Popen[bytes]:
    data = home / "data"
    version = int((data / "PG_VERSION").read_text()) * 10_000
    settings: dict[str, Any] = {
        "listen_addresses": "",
        "port": 5432,
        "unix_socket_directories": sockets,
        "hba_file": home / "rules",
        "restore_command": f'cp "{archive.wal}/%f" "%p"',
        "recovery_target_time": f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f}+00",
        "recovery_target_inclusive": "off",
        "recovery_target_action": "promote",
        "hot_standby": "off",  # it would ask for at least the connections of the server that was copied
        "archive_mode": "off",
        "fsync": "off",  # the copy is thrown away
        "lc_messages": "C",
        "log_timezone": "UTC",
        "logging_collector": "off",
    }
    arguments = [argument for name, value in settings.items() for argument in ("-c", f"{name}={value}")]
    with (home / "log").open("wb") as log:
        return subprocess.Popen(  # noqa: S603
            [find_program("postgres", version, same_release=True).path, "-D", data, *arguments],
            cwd=home,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            **account_of(archive.base),
        )


def _wait_until_it_answers(server: Server, process: subprocess.Popen[bytes], log: Path) -> None:
    """As long as it plays the log: that may be hours."""
    while True:
        try:
            server.connect().close()
        except psycopg.OperationalError:
            if process.poll() is not None:
                raise RestoreRefused(_why(log.read_text(errors="replace"))) from None
            time.sleep(0.1)
        else:
            return


def _why(log: str) -> str:
    if _NOT_REACHED in log:
        last = _LAST.findall(log)
        until = f": the last transaction in it was at {last[-1]} UTC" if last else ""
        return f"the archived log ends before that moment{until}"
    fatal = [line for line in log.splitlines() if "FATAL" in line or "PANIC" in line]
    return f"the recovered server ended: {(fatal or log.splitlines() or ['no log'])[-1]}"


def _end(process: subprocess.Popen[bytes]) -> None:
    try:
        process.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
