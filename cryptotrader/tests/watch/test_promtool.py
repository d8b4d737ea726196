"""Prometheus' and Alertmanager's own programs check the configuration, and try each alert."""

import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from cryptotrader.tests.support.promql import PROMETHEUS, TEST_FILES
from cryptotrader.watch.alertmanager import BASE, configuration

pytestmark = [
    pytest.mark.process,
    pytest.mark.skipif(shutil.which("promtool") is None, reason="needs Debian's prometheus"),
]


def checked(*command: object) -> str:
    """Returns the report of a program that finds nothing."""
    result = subprocess.run([str(word) for word in command], capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


def test_promtool_finds_nothing_in_the_configuration() -> None:
    assert "SUCCESS" in checked("promtool", "check", "config", PROMETHEUS / "prometheus.yml")


def test_each_alert_fires_in_time_and_is_silent_otherwise() -> None:
    """The cases are in deploy/prometheus/tests."""
    assert len(TEST_FILES) > 8
    with ThreadPoolExecutor(2) as pool:
        reports = pool.map(lambda path: checked("promtool", "test", "rules", path), TEST_FILES)
        assert all("SUCCESS" in report for report in reports)


@pytest.mark.skipif(shutil.which("amtool") is None, reason="needs Debian's prometheus-alertmanager")
def test_amtool_finds_nothing_in_alertmanagers_configuration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "SUCCESS" in checked("amtool", "check-config", BASE)
    for name, value in {
        "ALERT_WEBHOOK_URL": "https://on-call.example/hook",
        "ALERT_WEBHOOK_TOKEN_FILE": "/run/secrets/token",
        "ALERT_HEARTBEAT_URL": "https://heartbeat.example/1",
        "ALERT_MAIL_TO": "operators@example.com",
        "ALERT_MAIL_FROM": "alerts@example.com",
        "ALERT_MAIL_HOST": "mail.example:587",
        "ALERT_MAIL_USER": "alerts",
        "ALERT_MAIL_PASSWORD_FILE": "/run/secrets/mail",
    }.items():
        monkeypatch.setenv(name, value)
    made = tmp_path / "alertmanager.yml"
    made.write_text(configuration())
    assert "2 receivers" in checked("amtool", "check-config", made)
