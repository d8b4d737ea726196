"""`ct up --archive`: the command that archives PostgreSQL's log in a container, and who may read what it writes."""

import os
import subprocess
from pathlib import Path

import pytest

from deploy.ct.__main__ import main
from deploy.ct.outcome import Exit
from deploy.ct.settings import DEPLOY

pytestmark = pytest.mark.process
SCRIPT = DEPLOY / "postgres-archive" / "archive.sh"
SEGMENT = "000000010000000000000001"


def archived(piece: Path, wal: Path) -> int:
    environ = {**os.environ, "WAL_DIRECTORY": str(wal)}
    return subprocess.run(["sh", SCRIPT, piece, SEGMENT], env=environ, check=False).returncode


def test_a_piece_of_the_log_is_archived_once_and_never_over_another(tmp_path: Path) -> None:
    wal = tmp_path / "wal"
    wal.mkdir()
    (wal / "unfinished").write_bytes(b"of a killed archiver")
    piece, other = tmp_path / "piece", tmp_path / "other"
    piece.write_bytes(b"log" * 1000)
    other.write_bytes(b"gol" * 1000)
    piece.chmod(0o600)  # as PostgreSQL writes them
    for _ in range(2):  # PostgreSQL may ask again for what it has archived
        assert archived(piece, wal) == 0
    assert archived(other, wal) == 1
    assert {path.name: path.read_bytes() for path in wal.iterdir()} == {SEGMENT: piece.read_bytes()}
    assert (wal / SEGMENT).stat().st_mode & 0o777 == 0o644  # the account of the backups is another one


def test_a_piece_that_cannot_be_archived_is_not_called_archived(tmp_path: Path) -> None:
    piece = tmp_path / "piece"
    piece.write_bytes(b"log")
    assert archived(piece, tmp_path / "missing") != 0
    assert archived(tmp_path / "missing", tmp_path) != 0
    assert not (tmp_path / SEGMENT).exists()


def test_only_the_owner_may_copy_the_server(tmp_path: Path) -> None:
    rules = [line.split() for line in (SCRIPT.parent / "pg_hba.conf").read_text().splitlines() if line[0] != "#"]
    assert [rule[2] for rule in rules if rule[1] == "replication"] == ["cryptotrader_owner"]
    assert [rule[:3] for rule in rules if rule[-1] != "scram-sha-256"] == [["local", "all", "postgres"]]


def test_stores_that_stand_in_for_one_another_are_archived_otherwise(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["up", "--archive"], {"CT_HOME": str(tmp_path), "CT_HA": "on"}) == Exit.USAGE
    assert "pgBackRest" in capsys.readouterr().err
