"""A backup that fails says why in one line, leaves nothing behind, and never harms the good one before it."""

import os
import resource
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pyrage
import pytest
from pytest_django import Settings

from monitoring.archive.programs import NoProgram, find_program
from monitoring.archive.watch import Watch
from monitoring.domain.backups.failures import BackupFailed, NoRoom, Stopped
from monitoring.domain.backups.runs import State
from monitoring.models import BackupRun
from monitoring.tests.backups import Backups

pytestmark = pytest.mark.process


@contextmanager
def refused(backups: Backups, kind: type[BackupFailed], words: str) -> Iterator[None]:
    """The block raises this; its run is marked, and the backups are those of before."""
    before = backups.everything
    with pytest.raises(kind, match=words) as caught:
        yield
    assert "\n" not in str(caught.value)
    run = BackupRun.objects.latest("started_at")
    assert (run.state, run.failure) == (State.FAILED, str(caught.value))
    assert run.ended_at is not None
    assert backups.everything == before


@contextmanager
def files_up_to(size: int) -> Iterator[None]:
    """Lets this process write no larger file: the error of a full disk, wherever the disk is."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.parametrize("encrypted", [False, True])
def test_a_disk_that_becomes_full_meanwhile(backups: Backups, settings: Settings, encrypted: bool) -> None:
    good = backups.make()
    if encrypted:
        settings.BACKUP_AGE_RECIPIENTS = (str(pyrage.x25519.Identity.generate().to_public()),)
    with files_up_to(100_000), refused(backups, NoRoom, "database.dump.*can't be written: File too large"):
        backups.make()
    assert backups.manifest(good).name == good.name
    assert backups.make().state == State.DONE


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount a small disk")
def test_a_disk_that_is_really_full(backups: Backups, monkeypatch: pytest.MonkeyPatch) -> None:
    backups.path.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o"]
    if subprocess.run([*mount, "size=60m", "tmpfs", backups.path], capture_output=True, check=False).returncode != 0:
        pytest.skip("this machine mounts no tmpfs")
    try:
        with refused(backups, NoRoom, "by the size of the last backup it needs"):
            backups.make()
        monkeypatch.setattr("monitoring.archive.making.ROOM_BYTES_MIN", 0)
        good = backups.make()
        disk = os.statvfs(backups.path)
        used = (disk.f_blocks - disk.f_bfree) * disk.f_frsize
        subprocess.run([*mount, f"remount,size={used + 65_536}", backups.path], check=True)
        with refused(backups, NoRoom, "by the size of the last backup it needs"):
            backups.make()
        BackupRun.objects.update(bytes_written=0)
        with refused(backups, NoRoom, "No space left on device"):
            backups.make()
        assert backups.names == [good.name]
    finally:
        subprocess.run(["umount", backups.path], check=True)


def test_a_directory_that_can_not_be_made(backups: Backups) -> None:
    backups.path.write_text("a file")
    with refused(backups, BackupFailed, "BACKUP_DIR .* can't be made: File exists"):
        backups.make()


def test_a_stop_in_the_middle(backups: Backups) -> None:
    backups.make()
    turns = iter([False] * 3)
    with refused(backups, Stopped, "it was told to stop"):
        backups.make(Watch(stop=lambda: next(turns, True)))


@pytest.mark.parametrize("key", ["age1nothing", "ssh-ed25519 nothing"])
def test_a_key_that_is_none(backups: Backups, settings: Settings, key: str) -> None:
    settings.BACKUP_AGE_RECIPIENTS = (key,)
    with refused(backups, BackupFailed, f"BACKUP_AGE_RECIPIENTS has {key}, which is no public key"):
        backups.make()


def pretend(path: Path, version: str) -> Path:
    """Makes a program that says it is of this version."""
    path.mkdir()
    program = path / "pg_dump"
    program.write_text(f"#!/bin/sh\necho 'pg_dump (PostgreSQL) {version}'\n")
    program.chmod(0o755)
    return path


def test_a_program_older_than_the_server_is_refused(backups: Backups, settings: Settings, tmp_path: Path) -> None:
    settings.PG_BIN_DIR = str(pretend(tmp_path / "old", "15.14 (Debian 15.14-1)"))
    told = "the server is PostgreSQL 18 and needs pg_dump 18 or newer; the latest in .*/old is 15.14: set PG_BIN_DIR"
    with refused(backups, BackupFailed, told):
        backups.make()
    settings.PG_BIN_DIR = str(tmp_path / "nowhere")
    with refused(backups, BackupFailed, "there is none in .*/nowhere"):
        backups.make()


def test_the_program_of_the_servers_own_release_is_chosen(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.PG_BIN_DIR = ""
    monkeypatch.setenv("PATH", str(pretend(tmp_path / "seventeen", "17.2")), prepend=":")
    assert find_program("pg_dump", 170005).version == "17.2"
    assert find_program("pg_dump", 160009).version in ("17.2", "16.9")
    assert find_program("pg_dump", 180001).release == 18
    with pytest.raises(NoProgram):
        find_program("pg_dump", 990000)
    settings.PG_BIN_DIR = str(tmp_path / "seventeen")
    assert find_program("pg_dump", 170005, same_release=True).version == "17.2"
    with pytest.raises(NoProgram, match=r"is PostgreSQL 16 and needs pg_dump 16; the latest in .*/seventeen is 17.2"):
        find_program("pg_dump", 160009, same_release=True)  # it would read the server's files
