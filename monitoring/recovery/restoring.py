"""Fills an empty database from a dump, and compares its figures with those that the dump must have."""

import os
import re
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from monitoring.archive.contents import read_contents
from monitoring.archive.programs import NoProgram, Program, find_program
from monitoring.domain.backups.manifest import Contents
from monitoring.domain.recovery import RestoreRefused
from monitoring.recovery.plain_copies import plain_copies
from monitoring.recovery.server import Server

_EXTENSION = re.compile(r"^\d+; \d+ \d+ (EXTENSION|COMMENT) - (EXTENSION )?\S+", re.ASCII)
_FIGURES = ("migrations", "rows", "ledger", "chains")
_TURN_SECONDS = 2.0
JOBS_MAX = 4
SECTIONS = ("pre-data", "data", "post-data")
"""One after the other: parallel jobs would make the triggers of a partitioned table before its partitions are full."""

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Dump:
    """A dump of PostgreSQL's custom format in plain text, with the figures of the database that was dumped."""

    path: Path
    source: str
    """Its name for people."""

    state_at: datetime
    """The moment whose state it has."""

    contents: Contents


def fill(server: Server, database: str, dump: Dump, say: Say) -> None:
    """Restore a dump into an empty database; objects belong to the database's owner, and nobody has rights on them.

    Raises RestoreRefused with the words of `pg_restore`.
    """
    with server.connect(database) as connection:
        version = connection.info.server_version
        row = connection.execute(
            "SELECT pg_get_userbyid(datdba), rolsuper FROM pg_database, pg_roles"
            " WHERE datname = current_database() AND rolname = current_user"
        ).fetchone()
        assert row is not None  # noqa: S101
        owner, is_superuser = row
    try:
        program = find_program("pg_restore", max(version, dump.contents.server_version))
    except NoProgram as error:
        raise RestoreRefused(str(error)) from error
    role = [] if owner == server.user else [f"--role={owner}"]
    jobs = f"--jobs={min(os.cpu_count() or 1, JOBS_MAX)}"
    options = ["--exit-on-error", "--no-owner", "--no-privileges", "--no-password", jobs, *role]
    with _list_of(program, dump.path, with_extensions=is_superuser) as items:
        for section in SECTIONS:
            what = [f"--section={section}", f"--use-list={items}", f"--dbname={database}"]
            _run([program.path, *options, *what, dump.path], server, database, dump, say)


def _run(command: list[str | Path], server: Server, database: str, dump: Dump, say: Say) -> None:
    with tempfile.TemporaryFile() as told:
        process = subprocess.Popen(  # noqa: S603
            command, stdin=subprocess.DEVNULL, stdout=told, stderr=told, env=server.environment(database)
        )
        try:
            while process.poll() is None:
                try:
                    process.wait(_TURN_SECONDS)
                except subprocess.TimeoutExpired:
                    say(_progress(server, database, dump.contents.size_bytes))
        finally:
            process.kill()
            process.wait()
        if process.returncode != 0:
            told.seek(0)
            raise RestoreRefused(f"the dump can't be restored: {_last_words(told.read())}")


def _progress(server: Server, database: str, expected: int) -> str:
    with server.connect() as connection:
        row = connection.execute("SELECT pg_database_size(%s)", [database]).fetchone()
    size = row[0] if row else 0
    return f"restoring: {size / 1e6:,.0f} MB of about {expected / 1e6:,.0f} MB"


def _last_words(output: bytes) -> str:
    lines = [line.strip() for line in output.decode(errors="replace").splitlines() if line.strip()]
    errors = [line for line in lines if "error" in line.lower()]
    return (errors or lines or ["pg_restore failed"])[0][:500]


@contextmanager
def _list_of(program: Program, dump: Path, *, with_extensions: bool) -> Iterator[str]:
    """Yields a file with the items to restore. An extension needs a superuser, and the server's own makes it."""
    listed = subprocess.run([program.path, "--list", dump], capture_output=True, text=True, check=False)  # noqa: S603
    if listed.returncode != 0:
        raise RestoreRefused(f"the dump can't be read: {_last_words(listed.stderr.encode())}")
    items = [line for line in listed.stdout.splitlines() if with_extensions or not _EXTENSION.match(line)]
    with plain_copies() as place:
        file = place / "items"
        try:
            file.write_text("\n".join(items))
        except OSError as error:
            raise RestoreRefused(f"{file} can't be written: {error.strerror or error}") from error
        yield str(file)


def differences(server: Server, database: str, wanted: Contents) -> Iterator[str]:
    """Yields a line for each figure of a database that isn't the wanted one."""
    with server.connect(database) as connection:
        found = read_contents(connection)
    for name in _FIGURES:
        ours, theirs = getattr(found, name), getattr(wanted, name)
        if ours != theirs:
            yield f"{name}: {_first_difference(ours, theirs)}"


def _first_difference(found: object, wanted: object) -> str:
    if isinstance(found, dict) and isinstance(wanted, dict):
        key = next(key for key in sorted({*found, *wanted}) if found.get(key) != wanted.get(key))
        return f"{key} has {found.get(key)}, the dump was made with {wanted.get(key)}"
    return f"{found} instead of {wanted}"[:400]
