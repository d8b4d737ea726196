import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from monitoring.recovery.plain_copies import PREFIX, plain_copies

HOLD = """
import time
from monitoring.recovery.plain_copies import plain_copies
with plain_copies() as place:
    (place / "database.dump").write_text("in plain text")
    print(place, flush=True)
    time.sleep(600)
"""


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", None)


def test_a_copy_is_ours_alone_and_ends_with_the_restore(tmp_path: Path) -> None:
    with plain_copies() as place:
        assert place.parent == tmp_path
        assert place.stat().st_mode & 0o077 == 0
    assert list(tmp_path.iterdir()) == []


@pytest.mark.process
def test_the_copy_of_a_killed_restore_goes_with_the_next_and_no_other(tmp_path: Path) -> None:
    new = tmp_path / f"{PREFIX}new"
    other = tmp_path / "cryptotrader-other"
    new.mkdir()  # its lock is about to be made
    other.mkdir()
    with (
        subprocess.Popen([sys.executable, "-c", HOLD], stdout=subprocess.PIPE, text=True) as process,
        plain_copies() as ours,
    ):
        assert process.stdout is not None
        theirs = Path(process.stdout.readline().strip())
        with plain_copies():
            assert theirs.exists(), "its restore goes on"
            assert ours.exists()
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        assert (theirs / "database.dump").exists()
        with plain_copies():
            assert not theirs.exists()
            assert {path.name for path in tmp_path.iterdir()} >= {ours.name, new.name, other.name}
