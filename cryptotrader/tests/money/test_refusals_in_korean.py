"""Runs the tests marked `refusals` again, on a database that writes its errors in Korean."""

import os
import subprocess
import sys

import pytest

from cryptotrader.local.home import ROOT
from cryptotrader.tests.house.test_architecture import SOURCES
from cryptotrader.tests.support.korean import korean_programs, korean_server

KOREAN = korean_programs()


@pytest.mark.process
@pytest.mark.skipif(KOREAN is None, reason="no PostgreSQL that speaks Korean: apt-get install postgresql")
def test_refusals_are_told_apart_in_korean_too() -> None:
    assert KOREAN is not None
    files = [str(path) for path in SOURCES if "pytest.mark.refusals" in path.read_text()]
    with korean_server(KOREAN) as url:
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-m", "refusals", *files],
            cwd=ROOT,
            env=os.environ | {"DATABASE_URL": url},
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 0, done.stdout
    assert " passed" in done.stdout
    assert "skipped" not in done.stdout
