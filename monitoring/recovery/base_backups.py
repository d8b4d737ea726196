"""Base backups in the archive of the write-ahead log, made by `pg_basebackup`, and the log that they need."""

import os
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from monitoring.archive.programs import find_program
from monitoring.domain.recovery import BaseBackup, superfluous
from monitoring.recovery.server import Server

_UNFINISHED = "unfinished"


class BaseBackupFailed(Exception):
    """The base backup could not be made; earlier ones are untouched. The text is PostgreSQL's last line."""


@dataclass(frozen=True, slots=True)
class Archive:
    """The directory of an archive: `wal` has the finished segments of the log, `base` the base backups."""

    directory: Path

    @property
    def wal(self) -> Path:
        return self.directory / "wal"

    @property
    def base(self) -> Path:
        return self.directory / "base"

    def base_backups(self) -> list[BaseBackup]:
        """Returns the whole base backups, the earliest first. Raises OSError."""
        return sorted(found for path in self.base.iterdir() if (found := BaseBackup.named(path.name)))

    def path_of(self, backup: BaseBackup) -> Path:
        return self.base / backup.name


def run_as_owner_of(place: Path, command: Sequence[str | Path], environment: dict[str, str] | None = None) -> str:
    """Run a program under the account that owns a directory, if we are root: PostgreSQL refuses to work for root.

    Returns what it wrote. Raises subprocess.CalledProcessError, whose `output` has what it wrote.
    """
    done: subprocess.CompletedProcess[str] = subprocess.run(  # noqa: S603  (commands are ours)
        command,
        env=environment,
        cwd=place,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=True,
        **account_of(place),
    )
    return done.stdout


def account_of(place: Path) -> dict[str, Any]:
    """Returns the arguments of `subprocess` for the account that owns a directory; none if that is our own."""
    owner = place.stat()
    if os.geteuid() != 0 or owner.st_uid == 0:
        return {}
    return {"user": owner.st_uid, "group": owner.st_gid, "extra_groups": []}


def make_base_backup(server: Server, archive: Archive) -> BaseBackup:
    """Copy the running server's files, with the log that they need to be whole, and check the copy.

    It gets its name only then: a killed run leaves nothing that looks like a backup. Raises BaseBackupFailed,
    psycopg.OperationalError, NoProgram, OSError.
    """
    unfinished = archive.base / _UNFINISHED
    shutil.rmtree(unfinished, ignore_errors=True)
    with server.connect() as connection:
        version = connection.info.server_version
    copy: list[str | Path] = [
        find_program("pg_basebackup", version).path,
        "--no-password",
        "--checkpoint=fast",
        "--wal-method=stream",
    ]
    verifier = find_program("pg_verifybackup", version, same_release=True)
    check: list[str | Path] = [verifier.path, "--quiet", unfinished]
    try:
        run_as_owner_of(archive.base, [*copy, "--pgdata", unfinished], server.environment(""))
        run_as_owner_of(archive.base, check)
    except subprocess.CalledProcessError as error:
        shutil.rmtree(unfinished, ignore_errors=True)
        raise BaseBackupFailed((error.output or "").strip().rpartition("\n")[2] or str(error)) from error
    with server.connect() as connection:
        row = connection.execute("SELECT clock_timestamp()").fetchone()
    assert row is not None  # noqa: S101
    made = BaseBackup(row[0])
    unfinished.rename(archive.path_of(made))
    return made


def prune(archive: Archive, *, keep: int, server_version: int) -> list[BaseBackup]:
    """Remove the base backups beyond the newest `keep`, and the log that only they needed; return them."""
    gone = superfluous(archive.base_backups(), keep=keep)
    for backup in gone:
        shutil.rmtree(archive.path_of(backup))
    left = archive.base_backups()
    if gone and left:
        program = find_program("pg_archivecleanup", server_version)
        run_as_owner_of(archive.wal, [program.path, archive.wal, first_segment(archive.path_of(left[0]))])
    return gone


def first_segment(base: Path) -> str:
    """Returns the first segment of the log that a base backup needs: its label says `(file 0000…)`."""
    label = (base / "backup_label").read_text()
    return label.split("(file ", 1)[1].split(")", 1)[0]
