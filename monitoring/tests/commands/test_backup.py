"""The command in a process of its own: its answers, and its death in the middle."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest
from django.conf import settings as django_settings

from accounts.tests.patience import PATIENCE_SECONDS
from monitoring.archive.session import only_one
from monitoring.domain.backups import layout
from monitoring.domain.backups.runs import State
from monitoring.models import BackupRun
from monitoring.tests.backups import Backups, locked_table, url_of_test_database

pytestmark = pytest.mark.process


@contextmanager
def running(backups: Backups, *options: str, **environment: str) -> Iterator["subprocess.Popen[str]"]:
    process = subprocess.Popen(
        [sys.executable, "manage.py", "backup", *options],
        cwd=django_settings.BASE_DIR,
        env={**os.environ, "BACKUP_DIR": str(backups.path), "DATABASE_URL": url_of_test_database(), **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def ended(process: "subprocess.Popen[str]") -> tuple[int, str, list[str]]:
    """Returns the exit code, stdout, and the lines on stderr."""
    out, err = process.communicate(timeout=PATIENCE_SECONDS)
    return process.returncode, out, err.splitlines()


def in_the_middle(process: "subprocess.Popen[str]", backups: Backups) -> psutil.Process:
    """Waits until `pg_dump` waits for a locked table, and returns it."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        found = [each for each in psutil.Process(process.pid).children() if each.name() == "pg_dump"]
        if found and any(backups.path.glob(".*.unfinished/database.dump")):
            return found[0]
        assert process.poll() is None, process.communicate()
        time.sleep(0.05)
    raise AssertionError("it never began to dump")


def test_it_answers_programs_and_people(backups: Backups) -> None:
    with running(backups, "--json") as process:
        code, out, told = ended(process)
    run = BackupRun.objects.get()
    assert (code, told) == (0, [])
    report = json.loads(out)
    assert report["path"] == str(backups.path / run.name)
    assert (report["size_bytes"], report["copied"], report["encrypted"]) == (run.bytes_written, None, False)
    assert 0 < report["seconds"] < PATIENCE_SECONDS
    with only_one(), running(backups) as process:
        assert ended(process) == (5, "", ["CommandError: a backup is being made already"])
    (backups.path / "file").touch()
    with running(backups, BACKUP_DIR=str(backups.path / "file")) as process:
        code, out, told = ended(process)
    assert (code, out) == (1, "")
    assert ["backup failed" in told[0], told[-1].startswith("CommandError: ")] == [
        True,
        True,
    ]  # for the log, for a person
    with running(backups, DATABASE_URL="postgresql://nobody@127.0.0.1:1/none") as process:
        code, out, told = ended(process)
    assert (code, out) == (4, "")
    assert told[0].startswith("CommandError: the database doesn't answer")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_stops_it_in_order(backups: Backups, number: signal.Signals) -> None:
    with locked_table(), running(backups) as process:
        dumping = in_the_middle(process, backups)
        process.send_signal(number)
        code, _, told = ended(process)
        assert (code, told[-1]) == (1, "CommandError: it was told to stop")
        assert not dumping.is_running()
    assert BackupRun.objects.get().failure == "it was told to stop"
    assert backups.everything == []


def test_killed_in_the_middle_it_leaves_a_part_that_the_next_one_clears(backups: Backups, tmp_path: Path) -> None:
    good = backups.make()
    with locked_table(), running(backups) as process:
        in_the_middle(process, backups)
        process.kill()
        process.wait()
        killed = BackupRun.objects.latest("started_at")
        assert backups.everything == [layout.unfinished(killed.name), good.name]
        assert killed.state == State.RUNNING
    after = backups.make()
    killed.refresh_from_db()
    assert (killed.state, killed.failure) == (State.FAILED, "its process ended in the middle")
    assert backups.names == [good.name, after.name] == backups.everything


def test_killed_between_the_last_file_and_its_row_it_has_made_a_backup(backups: Backups) -> None:
    run = backups.make()
    BackupRun.objects.update(state=State.RUNNING, ended_at=None)
    backups.make()
    run.refresh_from_db()
    assert (run.state, run.failure) == (State.DONE, "")


def test_the_part_of_a_living_process_is_left_alone(backups: Backups) -> None:
    """Another installation may share the directory: its lock is at another database."""
    from monitoring.archive.directory import being_made

    backups.make()
    with being_made(backups.path, "cryptotrader-20260101T000000Z") as theirs:
        backups.make()
        assert theirs.is_dir()
    assert backups.names[0] == "cryptotrader-20260101T000000Z"


def test_it_tells_the_last_good_backup_without_making_one(backups: Backups) -> None:
    with running(backups, "--last", "--json") as process:
        assert json.loads(ended(process)[1]) == {"name": None, "age_hours": None}
    with running(backups) as process:
        assert ended(process)[0] == 0
    with running(backups, "--last", "--json") as process:
        told = json.loads(ended(process)[1])
    assert told["name"] == BackupRun.objects.get().name
    assert 0 <= told["age_hours"] < 1
    with running(backups, "--last") as process:
        assert ended(process)[1] == f"{told['name']}, 0.0 hours old\n"
