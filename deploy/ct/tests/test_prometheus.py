"""Prometheus as the judge of a canary: a real one, which asks real processes behind a real nginx."""

import json
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path

import pytest

from accounts.tests.patience import PATIENCE_SECONDS
from cryptotrader.local.ports import free_port
from cryptotrader.start.certificate import certificate
from deploy.ct.outcome import Exit, Stopped
from deploy.ct.rollout.prometheus import Prometheus, Unanswered, increase, quantile
from deploy.ct.rollout.state import Colour
from deploy.ct.tests.proxied import NGINX
from deploy.ct.tests.quick_site import NOWHERE, QuickSite
from deploy.ct.tests.test_rollout import Visitor
from deploy.ct.tests.tiny import repository
from deploy.ct.tls import keep_certificate
from deploy.load.site import Site

PROGRAM = shutil.which("prometheus")
CANARY = ("--drain-seconds", "1", "--watch-seconds", "1")
PATIENT = ("--drain-seconds", "1", "--watch-seconds", str(PATIENCE_SECONDS))
"""A verdict needs some requests, which come slowly on a busy machine. It ends the watch."""


def test_a_counter_grows_from_its_last_sample_before_and_over_a_restart() -> None:
    assert increase([(1, 10), (3, 12), (5, 15)], 2, from_zero=True) == 5
    assert increase([(3, 12), (5, 15)], 2, from_zero=True) == 15
    assert increase([(3, 12), (5, 15)], 2, from_zero=False) == 3
    assert increase([(1, 10), (3, 2), (5, 3)], 2, from_zero=False) == 3
    assert increase([(1, 10)], 2, from_zero=False) == increase([], 2, from_zero=True) == 0


def test_a_quantile_is_linear_inside_its_bucket() -> None:
    assert quantile(0.95, {"0.1": 90, "1.0": 100, "+Inf": 100}) == pytest.approx(0.1 + 0.9 * 0.5)
    assert quantile(0.95, {"0.1": 0, "+Inf": 20}) == 0.1
    assert quantile(0.95, {"0.1": 0, "+Inf": 0}) == quantile(0.95, {}) == 0


def test_a_wrong_address_and_one_that_does_not_answer_are_told_apart() -> None:
    with pytest.raises(Stopped, match="CT_PROMETHEUS must be like"):
        Prometheus("127.0.0.1:9090")
    with pytest.raises(Unanswered, match="doesn't answer"):
        Prometheus(f"http://127.0.0.1:{free_port()}").seen_until(Colour.GREEN)


@contextmanager
def site_with_prometheus() -> Iterator[Site]:
    # Not pytest's own directory: nginx's workers run under an account of their own.
    with tempfile.TemporaryDirectory() as directory:
        home, port = Path(directory), free_port()
        source = repository(home, "one", "two", "sick", "lame")
        made = QuickSite(home / "ct", *NOWHERE, {"CT_SOURCE": str(source), "CT_PROMETHEUS": f"http://127.0.0.1:{port}"})
        home.chmod(0o711)
        (made.state / "tls").mkdir()
        keep_certificate(made.state / "tls", certificate(["localhost"]))
        process = prometheus(home, made.state / "targets", port)
        try:
            yield made
        finally:
            process.terminate()
            process.wait(timeout=PATIENCE_SECONDS)
            made.end()


def prometheus(home: Path, targets: Path, port: int) -> "subprocess.Popen[bytes]":
    job = {"job_name": "cryptotrader", "file_sd_configs": [{"files": [f"{targets}/*.yml"], "refresh_interval": "1s"}]}
    config = {"global": {"scrape_interval": "1s"}, "scrape_configs": [job]}
    (home / "prometheus.yml").write_text(json.dumps(config))
    process = subprocess.Popen(
        [
            *(str(PROGRAM), f"--config.file={home}/prometheus.yml", f"--storage.tsdb.path={home}/tsdb"),
            *(f"--web.listen-address=127.0.0.1:{port}", "--log.level=error"),
        ]
    )
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not ready(port):
        assert time.monotonic() < deadline
        time.sleep(0.1)
    return process


def ready(port: int) -> bool:
    connection = HTTPConnection("127.0.0.1", port, timeout=PATIENCE_SECONDS)
    try:
        connection.request("GET", "/-/ready")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


@pytest.mark.process
@pytest.mark.long
@pytest.mark.skipif(NGINX is None or PROGRAM is None, reason="nginx or Prometheus is not installed")
def test_a_canary_is_ended_by_what_its_own_processes_count_and_a_good_one_is_promoted() -> None:
    with site_with_prometheus() as site:
        assert site.ct("deploy", "--release", "one", *CANARY).returncode == Exit.DONE, site.last
        with Visitor(site):
            for release, reason in (("sick", "requests failed"), ("lame", "p95 is")):
                assert site.ct("canary", "--release", release, *PATIENT).returncode == Exit.FAILED, site.last
                assert "Prometheus: " in site.last, site.last
                assert reason in site.last, site.last
                assert site.journal.live is not None
                assert site.journal.live.release == "one"
            assert site.ct("canary", "--release", "two", *CANARY).returncode == Exit.DONE, site.last
        assert site.last.count("    Prometheus: ") == 4, site.last  # 5, 25, 50 and 100 percent
        assert site.web.get("/").body["release"] == "two"
