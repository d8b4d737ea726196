"""The command line of the rehearsal, and the configurations that it writes."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from accounts.tests.patience import PATIENCE_SECONDS
from cryptotrader.local.home import ROOT, locked
from deploy.ha import __main__ as command
from deploy.ha.faults import FAULTS
from deploy.ha.forms import TIMES
from deploy.ha.nodes import Failed, Ground, Node, wait_until
from deploy.ha.postgres import Postgres
from deploy.ha.proxy import proxy
from deploy.ha.stores import etcd_api


def run(*words: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "deploy.ha", *words], cwd=ROOT, capture_output=True, text=True, check=False
    )


@pytest.mark.process
def test_it_helps() -> None:
    done = run("--help")
    assert done.returncode == 0
    assert all(name in done.stdout for name in (*FAULTS, "exit codes", "--json"))


def test_each_loss_is_explained_in_one_line() -> None:
    assert all(cause.__doc__ and "\n" not in cause.__doc__ for cause in FAULTS.values())


@pytest.mark.process
def test_an_unknown_loss_is_refused_by_name() -> None:
    done = run("--faults", "primary,earthquake")
    assert done.returncode == 2
    assert "unknown: earthquake; there are primary, machine" in done.stderr


def test_times_that_let_two_primaries_meet_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["--ttl", "7"]) == command.USAGE
    assert capsys.readouterr().err == "failover: ttl must be at least loop_wait + 2 * retry_timeout\n"


def test_a_missing_program_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["--home", str(tmp_path), "--patroni", str(tmp_path / "none")]) == command.MISSING
    assert capsys.readouterr().err.startswith("failover: ")


@pytest.mark.skipif(not all(map(shutil.which, ("patroni", "etcd", "haproxy"))), reason="apt-get install patroni …")
def test_a_second_rehearsal_waits_for_nobody(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with locked(tmp_path):
        assert command.main(["--home", str(tmp_path)]) == command.BUSY
    assert capsys.readouterr().err == f"failover: another rehearsal runs in {tmp_path}\n"


@pytest.mark.parametrize(("version", "api"), [("3.0.2", 2), ("3.0.3", 3), ("4.1.5", 3), ("2.1.4", 2)])
@pytest.mark.process
def test_an_old_patroni_gets_the_safe_interface_of_etcd(tmp_path: Path, version: str, api: int) -> None:
    program = tmp_path / "patroni"
    program.write_text(f"#!/bin/sh\necho patroni {version}\n")
    program.chmod(0o755)
    assert etcd_api(program) == api


def cluster(home: Path) -> Postgres:
    ground = Ground(home, None)
    return Postgres(ground, "patroni", Path("/bin"), {"etcd3": ["127.0.0.1:1"]}, range(5001, 5007), TIMES)


def test_a_commit_waits_for_a_second_node(tmp_path: Path) -> None:
    for node in cluster(tmp_path).nodes:
        settings = json.loads((node.directory / "patroni.json").read_text())
        shared = settings["bootstrap"]["dcs"]
        assert (shared["synchronous_mode"], shared["synchronous_mode_strict"]) == (True, True)
        # A primary that can't renew its key gives up before its successor begins, and before a commit is cancelled.
        assert shared["loop_wait"] + 2 * shared["retry_timeout"] <= shared["ttl"] < 15
        assert "synchronous_commit" not in shared["postgresql"]["parameters"]
        assert not any("trust" in rule for rule in settings["postgresql"]["pg_hba"])
        assert (node.directory / "patroni.json").stat().st_mode & 0o077 == 0


@pytest.mark.process
@pytest.mark.skipif(not shutil.which("haproxy"), reason="apt-get install haproxy")
def test_haproxy_takes_its_configuration(tmp_path: Path) -> None:
    node = proxy(Ground(tmp_path, None), str(shutil.which("haproxy")), cluster(tmp_path).nodes, 5010, 5011)
    done = subprocess.run([node.command[0], "-c", "-f", node.command[-1]], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.process
def test_a_node_is_killed_with_all_that_it_has_started(tmp_path: Path) -> None:
    node = Node("parent", ["sh", "-c", "sleep 300 & sleep 300"], Ground(tmp_path, None))
    node.start()
    wait_until(lambda: len(node.processes()) == 3, "the children", PATIENCE_SECONDS)
    node.freeze()
    wait_until(
        lambda: {each.status() for each in node.processes()} == {psutil.STATUS_STOPPED}, "a stop", PATIENCE_SECONDS
    )
    node.thaw()
    node.kill()
    assert (node.runs, node.processes()) == (False, [])


def test_waiting_has_an_end() -> None:
    with pytest.raises(Failed, match=r"rain: not within 0\.1 s"):
        wait_until(lambda: False, "rain", 0.1)
