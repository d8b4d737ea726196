"""Another version's database is told apart before anything is changed in it."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from django.core.checks import run_checks
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from cryptotrader.local.home import ROOT
from cryptotrader.local.ports import free_port
from cryptotrader.local.processes import HOME_MARK, leftovers
from monitoring.recovery.unknown_migrations import told, unknown_migrations

OTHER_VERSION = """
import os, psycopg
with psycopg.connect(os.environ["DATABASE_URL"]) as connection:
    connection.execute("CREATE TABLE django_migrations (id bigint, app text, name text, applied timestamptz)")
    connection.execute("INSERT INTO django_migrations VALUES (1, 'accounts', '0001_initial', now())")
    connection.execute("INSERT INTO django_migrations VALUES (2, 'account', '0001_initial', now())")
    connection.execute("CREATE TABLE users (id bigint)")
"""


def record(*migrations: tuple[str, str]) -> None:
    """Let the database have had these."""
    for app, name in migrations:
        MigrationRecorder(connection).record_applied(app, name)


@pytest.mark.django_db
def test_our_own_database_has_none() -> None:
    assert unknown_migrations() == []
    assert [fault for fault in run_checks(databases=["default"]) if fault.id == "cryptotrader.E012"] == []


@pytest.mark.django_db
def test_those_of_our_rooms_are_named_and_those_of_libraries_are_theirs() -> None:
    record(("trading", "0002_price_guards"), ("accounts", "0001_initial"), ("auth", "0099_of_tomorrow"))
    assert unknown_migrations() == ["accounts.0001_initial", "trading.0002_price_guards"]


@pytest.mark.parametrize(("count", "words"), [(1, "(a.1)"), (2, "(a.1 and 1 more)"), (40, "(a.1 and 39 more)")])
def test_it_names_the_first_and_counts_the_others(count: int, words: str) -> None:
    assert told([f"a.{number}" for number in range(1, count + 1)]).endswith(words)


@pytest.mark.django_db
def test_migrate_refuses_with_a_sentence_and_changes_nothing() -> None:
    MigrationRecorder(connection).record_unapplied("trading", "0009_audit")
    record(("accounts", "0001_initial"), ("trading", "0001_initial"))
    with pytest.raises(SystemCheckError, match=r"E012.*unknown here \(accounts\.0001_initial and 1 more\)"):
        call_command("migrate", skip_checks=False, verbosity=0)
    assert ("trading", "0009_audit") not in MigrationRecorder(connection).applied_migrations()


@pytest.mark.process
def test_run_meets_it_with_one_line_that_says_what_to_do() -> None:
    # Not pytest's own directory: another session of root's closes that to PostgreSQL's account.
    with tempfile.TemporaryDirectory(prefix="cryptotrader-") as directory:
        home, port = Path(directory), free_port()
        local = [sys.executable, "-m", "cryptotrader.local", "--home", directory]
        ours = {"DATABASE_URL", "REDIS_URL", HOME_MARK}
        environ = {name: value for name, value in os.environ.items() if name not in ours} | {"PORT": str(port)}
        make = [*local, "exec", "--data", directory, "--", sys.executable, "-c", OTHER_VERSION]
        subprocess.run(make, cwd=ROOT, env=environ, check=True)

        met = subprocess.run([*local, "run"], cwd=ROOT, env=environ, capture_output=True, text=True, check=False)
        data = os.path.relpath(home, ROOT)
        assert (met.returncode, met.stderr) == (
            1,
            "local: This database belongs to another version, whose migrations are unknown here"
            " (accounts.0001_initial). Run that version, or begin anew without its data:"
            f" rm -rf {data}/postgres {data}/valkey\n",
        )
        assert "Traceback" not in met.stdout
        assert leftovers(home) == []
