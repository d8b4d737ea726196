"""The processes of a host, as the next `ct` finds them."""

import json
import sys
from pathlib import Path

import pytest

from accounts.tests.patience import PATIENCE_SECONDS
from deploy.ct.host import processes
from deploy.ct.host.processes import Processes, Record
from deploy.ct.outcome import Exit, Stopped

# `ct` doesn't wait for what it starts.
pytestmark = [pytest.mark.process, pytest.mark.filterwarnings("ignore:subprocess:ResourceWarning")]
WEB = Record("web", "web-green-1", "two", "green", 20000)
FOR_EVER = [sys.executable, "-c", "import signal; signal.pause()"]


class Killed(BaseException):
    """`ct` goes no further."""


def killed(_seconds: float) -> None:
    raise Killed


@pytest.fixture(autouse=True)
def _no_hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("START_SECONDS", "STOP_SECONDS"):
        monkeypatch.setattr(processes, name, float(PATIENCE_SECONDS))


def test_a_process_counts_and_stops_though_ct_was_killed_as_it_started_it(tmp_path: Path) -> None:
    with pytest.raises(Killed):
        Processes(tmp_path, wait=killed).start(WEB, FOR_EVER, {}, tmp_path)
    later = Processes(tmp_path)
    assert later.running() == [WEB]
    later.start(WEB, FOR_EVER, {}, tmp_path)  # it lives already
    later.stop(WEB)
    assert later.running() == []


def test_a_process_starts_again_after_it_was_stopped(tmp_path: Path) -> None:
    host, directory = Processes(tmp_path), tmp_path / "run" / WEB.name
    for _ in range(2):
        host.start(WEB, FOR_EVER, {}, tmp_path)
        assert host.running() == [WEB]
        assert Path(f"/proc/{int((directory / 'pid').read_text())}").exists()
        host.stop(WEB)
    assert host.running() == []


def test_the_record_of_a_newer_ct_is_refused_by_its_name(tmp_path: Path) -> None:
    host, path = Processes(tmp_path), tmp_path / "run" / WEB.name / "record.json"
    host.start(WEB, FOR_EVER, {}, tmp_path)
    written = path.read_text()
    try:
        path.write_text(json.dumps({**json.loads(written), "shard": 1}))
        with pytest.raises(Stopped, match=r"record\.json has 'shard', which .* a newer ct wrote it") as refused:
            host.running()
        assert refused.value.code == Exit.USAGE
        path.write_text("{}")
        with pytest.raises(Stopped, match=r"record\.json can't be read"):
            host.running()
    finally:
        path.write_text(written)
        host.stop(WEB)
