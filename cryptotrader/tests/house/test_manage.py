"""`manage.py` itself."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings


@pytest.mark.process
def test_an_unknown_command_is_a_wrong_usage_in_one_line() -> None:
    done = subprocess.run(
        [sys.executable, "manage.py", "setle_due_trades"],
        cwd=Path(settings.BASE_DIR),
        env=os.environ,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1), done.stderr
    assert "there is no command 'setle_due_trades'" in done.stderr
