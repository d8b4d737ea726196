"""The unit for a host of processes: systemd accepts it, and `ct` understands its commands."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from deploy.ct.__main__ import parser
from deploy.ct.settings import DEPLOY, ROOT
from deploy.ct.tests.quick_site import UNIT_STARTS

UNIT = DEPLOY / "systemd" / "cryptotrader@.service"
ANALYZE = shutil.which("systemd-analyze")


def test_ct_understands_the_commands_of_the_unit() -> None:
    commands = dict(re.findall(r"^(Exec\w+)=\S+/deploy/bin/ct (.*)$", UNIT.read_text(), re.MULTILINE))
    read = {name: parser().parse_args(words.split()) for name, words in commands.items()}
    assert {name: (options.action, options.env) for name, options in read.items()} == {
        "ExecStart": ("roll", "%i"),
        "ExecStop": ("down", "%i"),
    }
    assert ("roll", *read["ExecStart"].services) == UNIT_STARTS


@pytest.mark.process
@pytest.mark.skipif(ANALYZE is None, reason="systemd is not installed")
def test_systemd_accepts_the_unit(tmp_path: Path) -> None:
    unit = tmp_path / UNIT.name
    unit.write_text(UNIT.read_text().replace("/srv/cryptotrader", str(ROOT)))
    done = subprocess.run([str(ANALYZE), "verify", str(unit)], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
