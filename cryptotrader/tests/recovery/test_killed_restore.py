"""A restore that is killed leaves the old database in place, whole; the next run clears the rest and comes through."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import psycopg
import pytest
from django.utils import timezone
from pytest_django import Settings

from accounts.tests.patience import PATIENCE_SECONDS
from cryptotrader.local.home import ROOT
from cryptotrader.tests.recovery.stand import (
    names_on,
    open_market_with_two_trades,
    own_target,
    removed_afterwards,
    trades_of,
)
from monitoring.archive.watch import Watch
from monitoring.recovery.databases import beside
from monitoring.services.backups.make_backup import make_backup
from monitoring.services.restore_dump import Target

pytestmark = [pytest.mark.process, pytest.mark.django_db(transaction=True)]
LOADING = "SELECT FROM pg_stat_activity WHERE datname = %s AND application_name <> ''"
WAITING = "SELECT FROM pg_stat_activity WHERE %s = ANY(pg_blocking_pids(pid))"
"""Sessions of another test wait on this server, too: these wait for the one that the test knows."""


@pytest.fixture
def backup(transactional_db: None, settings: Settings, tmp_path: Path) -> str:
    settings.BACKUP_DIR = str(tmp_path / "backups")
    open_market_with_two_trades()
    return make_backup(clock=timezone.now, watch=Watch()).name


@pytest.fixture
def live(transactional_db: None) -> Iterator[Target]:
    with removed_afterwards(own_target()) as target:
        yield target


def start(backup: str, target: Target, directory: str) -> "subprocess.Popen[str]":
    url = f"{os.environ['DATABASE_URL'].rpartition('/')[0]}/{target.live}"
    return subprocess.Popen(
        [sys.executable, "manage.py", "restore", backup, "--no-input"],
        cwd=ROOT,
        env=os.environ | {"RESTORE_DATABASE_URL": url, "BACKUP_DIR": directory},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


@contextmanager
def nothing_blocked(_: Target) -> Iterator[None]:
    yield


@contextmanager
def reading_blocked(target: Target) -> Iterator[int]:
    """The carrying over waits for a table of the live database; yields the session that it waits for."""
    with target.server.connect(target.live) as session:
        session.execute("BEGIN")
        session.execute("LOCK TABLE index_prices IN ACCESS EXCLUSIVE MODE")
        yield session.info.backend_pid


@contextmanager
def renaming_blocked(target: Target) -> Iterator[int]:
    """The exchange waits for a session that changes the live database's description; yields that session."""
    with target.server.connect() as session:
        session.execute("BEGIN")
        session.execute(f"COMMENT ON DATABASE {target.live} IS 'changed'")
        yield session.info.backend_pid
        session.execute("ROLLBACK")


def test_the_old_database_stays_and_the_next_run_comes_through(backup: str, live: Target, settings: Settings) -> None:
    first = start(backup, live, settings.BACKUP_DIR)
    told, _ = first.communicate(timeout=PATIENCE_SECONDS)
    assert first.returncode == 0, told
    trades, new = trades_of(live), beside(live.live, "restore")
    steps: list[tuple[Callable[[Target], AbstractContextManager[int | None]], str]] = [
        (nothing_blocked, LOADING),
        (reading_blocked, WAITING),
        (renaming_blocked, WAITING),
    ]
    with live.server.connect() as watching:
        for blocked, sign in steps:
            with blocked(live) as session:
                process = start(backup, live, settings.BACKUP_DIR)
                wait_for(watching, sign, session or new, process)
                process.kill()
                process.communicate()
            wait_until_left(watching, [new, "postgres"])
            assert names_on(live) == [live.live, new]
            assert trades_of(live) == trades
    again = start(backup, live, settings.BACKUP_DIR)
    told, _ = again.communicate(timeout=PATIENCE_SECONDS)
    assert again.returncode == 0, told
    assert len(names_on(live)) == 2
    assert new not in names_on(live)


def wait_for(watching: psycopg.Connection, sign: str, where: object, process: "subprocess.Popen[str]") -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not watching.execute(sign, [where]).rowcount:
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < deadline
        time.sleep(0.01)


def wait_until_left(watching: psycopg.Connection, names: list[str]) -> None:
    """The server notices the death of its clients."""
    query = (
        "SELECT FROM pg_stat_activity WHERE datname = ANY(%s) AND application_name = 'restore'"
        " AND pid <> pg_backend_pid()"
    )
    deadline = time.monotonic() + PATIENCE_SECONDS
    while watching.execute(query, [names]).rowcount:
        assert time.monotonic() < deadline
        time.sleep(0.02)
