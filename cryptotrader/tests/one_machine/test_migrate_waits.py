"""`migrate` in front of a locked table: behind a migration that waits, every order would wait."""

import os
import subprocess
import sys
import time

import pytest
from django.db import connection, transaction

from accounts.tests.patience import PATIENCE_SECONDS
from cryptotrader.local.home import ROOT
from cryptotrader.start.commands import EXIT_DATABASE_AWAY, EXIT_TABLE_LOCKED
from monitoring.tests.backups import url_of_test_database


@pytest.mark.process
@pytest.mark.django_db(transaction=True)
def test_a_migration_gives_up_after_five_seconds_of_waiting_for_a_table() -> None:
    environ = {**os.environ, "DATABASE_URL": url_of_test_database()}
    command = [sys.executable, "-m", "cryptotrader.start", "migrate"]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("LOCK TABLE django_migrations IN ACCESS EXCLUSIVE MODE")
        began = time.monotonic()
        done = subprocess.run(
            command, cwd=ROOT, env=environ, capture_output=True, text=True, check=False, timeout=PATIENCE_SECONDS
        )
        waited = time.monotonic() - began
    assert done.returncode == EXIT_TABLE_LOCKED, done.stderr
    assert done.stdout == "a table stayed locked for 5s: the migration was given up. Try again\n"
    assert waited > 5


@pytest.mark.process
def test_a_database_that_is_away_is_one_line() -> None:
    environ = {**os.environ, "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none"}
    command = [sys.executable, "-m", "cryptotrader.start", "migrate"]
    done = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, check=False)
    assert done.returncode == EXIT_DATABASE_AWAY, done.stderr
    assert done.stdout.startswith("the database doesn't answer: connection failed: ")
    assert done.stdout.count("\n") == 1
    assert "Traceback" not in done.stderr
