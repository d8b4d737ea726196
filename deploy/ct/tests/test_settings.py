"""The settings of an environment as `ct` reads them."""

import json
from pathlib import Path

import pytest

from deploy.ct.__main__ import main
from deploy.ct.host.stage import Host
from deploy.ct.keys import keep_keys
from deploy.ct.outcome import Exit, Stopped
from deploy.ct.rollout.preflight import faults, of_backups
from deploy.ct.rollout.state import State
from deploy.ct.settings import Settings, load, read
from deploy.ct.smoke.web import Web
from deploy.ct.tests.proxied import NGINX


def test_the_shell_wins_over_the_operators_file_and_that_over_the_repositorys(tmp_path: Path) -> None:
    (tmp_path / "staging").mkdir()
    (tmp_path / "staging" / "settings.env").write_text('SITE_URL="https://a.example"\nHTTP_PORT=81\n# x\n\n')
    settings = load("staging", {"CT_HOME": str(tmp_path), "HTTP_PORT": "82", "HOME": "/x", "WEB_CPUS": "3"})
    assert (settings.site_url, settings.get("HTTP_PORT"), settings.get("HTTPS_PORT")) == (
        "https://a.example",
        "82",
        "443",
    )
    assert settings.get("WEB_CPUS") == "3"
    assert settings.get("HOME") == ""


def test_what_is_missing_or_wrong_is_named(tmp_path: Path) -> None:
    with pytest.raises(Stopped, match=r"SITE_URL is not set .*settings\.env"):
        load("production", {"CT_HOME": str(tmp_path)}).site_url  # noqa: B018
    with pytest.raises(Stopped, match="no environment nowhere, only development, production, staging"):
        load("nowhere", {})
    for wrong in ("http://a.example", "https://a.example/x", "flash", "https://a.example:x", "https://[::1"):
        with pytest.raises(Stopped, match="SITE_URL must be an origin"):
            Settings("staging", tmp_path, {"SITE_URL": wrong}).site_url  # noqa: B018
    (tmp_path / "x").write_text("SITE URL=1")
    with pytest.raises(Stopped, match="x:1 is not NAME=value"):
        read(tmp_path / "x")
    (tmp_path / "x").write_bytes(b"A=\xff")
    with pytest.raises(Stopped, match="x can't be read"):
        read(tmp_path / "x")


@pytest.mark.process
@pytest.mark.skipif(NGINX is None, reason="nginx is not installed")
@pytest.mark.parametrize(
    "wrong",
    [
        *("CT_PORT_BASE=twenty", "CT_PORT_BASE=65500", "HTTPS_PORT=99999", "NGINX_STATUS_PORT=0", "HTTP_PORT=-1"),
        *("WEB_REPLICAS=many", "SETTLER_REPLICAS=11", "FEED_REPLICAS=0", "BEAT_REPLICAS=2", "WORKER_REPLICAS=\u00b2"),
        *("CT_DISK_FREE_MIN_GB=lots", "CT_DISK_FREE_MIN_GB=nan", "CT_BACKUP_HOURS_MAX=1e3"),
        *("REQUESTS_BURST=many", "NGINX_WORKERS=auto", "SECURE_HSTS_SECONDS=1 year", "CT_MIGRATION_LINT=make 'lint"),
    ],
)
def test_a_setting_that_is_no_number_is_one_line_and_exit_code_2(tmp_path: Path, wrong: str) -> None:
    name, _, value = wrong.partition("=")
    with pytest.raises(Stopped, match=f"^{name} (must be|is no command)") as stopped:
        read_as_on_a_host(Settings("development", tmp_path, {"SITE_URL": "https://a.example", name: value}))
    assert stopped.value.code == Exit.USAGE
    assert "\n" not in str(stopped.value)


def read_as_on_a_host(settings: Settings) -> None:
    host = Host(settings)
    host.counts()
    list(faults(host, settings, State()))
    list(of_backups(host, settings))
    Web.of(settings)
    host.nginx.configure()


@pytest.mark.process
def test_the_doctor_of_a_host_names_missing_stores_and_what_it_asked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    keep_keys(tmp_path / "development" / "secrets", deployed=False)
    (tmp_path / "development" / "secrets" / "redis_queue_url").write_text("redis://a.example")
    environ = {"CT_HOME": str(tmp_path), "CT_BACKEND": "host", "HTTPS_PORT": "1"}
    assert main(["--json", "doctor"], environ) == Exit.FAULTS
    faults = json.loads(capsys.readouterr().out)["faults"]
    missing = [fault.partition(" is missing")[0].rpartition("/")[2] for fault in faults if " is missing" in fault]
    assert missing == [
        *(f"database_url_{name}" for name in ("app", "owner", "feed", "settler", "backup")),
        "redis_cache_url",
    ]
    [unanswered] = [fault for fault in faults if "refused" in fault]
    assert unanswered.startswith("https://localhost:8443, asked at 127.0.0.1:1, shows no certificate: ")
