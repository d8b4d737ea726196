"""Dumps a database that nobody writes to, and finishes the segment of the log that a server writes."""

import subprocess
import time
from datetime import datetime
from pathlib import Path

import psycopg

from monitoring.archive.contents import read_contents
from monitoring.archive.programs import find_program
from monitoring.domain.backups import layout
from monitoring.domain.recovery import RestoreRefused
from monitoring.recovery.restoring import Dump, Say
from monitoring.recovery.server import Server

ARCHIVED_SECONDS = 60.0
ARCHIVED = "SELECT last_archived_wal >= %s FROM pg_stat_archiver"


def dump_of(server: Server, database: str, place: Path, source: str, state_at: datetime) -> Dump:
    """Dump a database of a server that nobody else uses into a directory. Raises RestoreRefused."""
    try:
        with server.connect(database) as connection:
            contents = read_contents(connection)
    except psycopg.OperationalError as error:
        raise RestoreRefused(f"the recovered server has no such database: {str(error).splitlines()[0]}") from error
    path = place / layout.DUMP
    program = find_program("pg_dump", contents.server_version).path
    command: list[str | Path] = [program, "--format=custom", "--compress=1", "--no-password", f"--file={path}"]
    done = subprocess.run(  # noqa: S603
        command, env=server.environment(database), capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        told = (done.stderr.strip().splitlines() or [f"exit code {done.returncode}"])[0]
        raise RestoreRefused(f"the recovered database can't be dumped: {told}")
    return Dump(path, source, state_at, contents)


def finish_segment(server: Server, say: Say) -> None:
    """Let the server archive the log that it has written until now, if it archives.

    Raises RestoreRefused when it archives nothing within a minute.
    """
    try:
        with server.connect() as connection:
            if connection.execute("SHOW archive_mode").fetchone() == ("off",):
                return
            # Less one: of a server at rest it is the beginning of the next piece, which nobody will archive.
            row = connection.execute("SELECT pg_walfile_name(pg_switch_wal() - 1)").fetchone()
            assert row is not None  # noqa: S101
            say("waiting for the archive")
            deadline = time.monotonic() + ARCHIVED_SECONDS
            while connection.execute(ARCHIVED, row).fetchone() != (True,):
                if time.monotonic() > deadline:
                    raise RestoreRefused(f"the server doesn't archive its log ({row[0]}): see pg_stat_archiver")
                time.sleep(0.1)
    except psycopg.errors.InsufficientPrivilege:
        say("this login may not finish a piece of the log: the archive may lack the last minutes")
