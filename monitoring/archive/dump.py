"""Runs `pg_dump` on a snapshot, and gives its output as a stream."""

import os
import select
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

import psycopg

from monitoring.archive.parts import CHUNK_BYTES
from monitoring.archive.programs import Program
from monitoring.archive.watch import Watch
from monitoring.domain.backups.failures import BackupFailed

LOCK_WAIT = "60s"
"""The longest wait for a table that a migration holds. Other sessions would queue behind a longer one."""

_TURN_SECONDS = 0.25
_LINES_MAX = 3


class _Output:
    """The output of a running `pg_dump`. The end of it counts only if the program says that all went well."""

    def __init__(self, process: "subprocess.Popen[bytes]", told: IO[bytes], watch: Watch) -> None:
        assert process.stdout is not None  # noqa: S101
        self._process, self._told, self._watch = process, told, watch
        self._pipe = process.stdout.fileno()

    def read(self, size: int = CHUNK_BYTES) -> bytes:
        """Raises BackupFailed with the words of `pg_dump`, and Stopped."""
        while not select.select([self._pipe], [], [], _TURN_SECONDS)[0]:
            self._watch.go_on()
        self._watch.go_on()
        data = os.read(self._pipe, size)
        if not data and self._process.wait() != 0:
            raise BackupFailed(f"pg_dump failed: {self._last_words()}")
        return data

    def _last_words(self) -> str:
        self._told.seek(0)
        lines = self._told.read().decode(errors="replace").split("\n")
        return " ".join(line.strip() for line in lines if line.strip())[:500] or f"exit code {self._process.returncode}"


@contextmanager
def dumping(program: Program, session: psycopg.Connection, snapshot: str, watch: Watch) -> Iterator[_Output]:
    """Start `pg_dump` of this session's database at its snapshot. It is gone when the block ends."""
    info = session.info
    command = [
        *(str(program.path), "--format=custom", "--no-password", f"--lock-wait-timeout={LOCK_WAIT}"),
        *(f"--snapshot={snapshot}", f"--dbname={info.dsn}"),  # the dsn of a session is without the password
    ]
    environment = os.environ | {"PGPASSWORD": info.password, "PGAPPNAME": "backup", "LC_ALL": "C"}
    with tempfile.TemporaryFile() as told:
        process = subprocess.Popen(  # noqa: S603  (the command is ours)
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=told, env=environment
        )
        try:
            yield _Output(process, told, watch)
        finally:
            process.kill()
            process.communicate()
