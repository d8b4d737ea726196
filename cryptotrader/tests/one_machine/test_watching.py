"""The watchers of `run`: which ones, on which ports, with which configuration. Nothing is started here."""

import json
import socket
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from cryptotrader.local.ports import PortError
from cryptotrader.local.watching import PACKAGES, Watch, wanted_watch

DATABASES = {
    "DATABASE_URL": "postgresql://cryptotrader_monitor:m0n1t0r@%2FHome%2Fpostgres:5432/postgres",
    "REDIS_URL": "redis://:r3d1s@127.0.0.1:6400/0",
}


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory of commands that has all of them."""
    commands = tmp_path / "bin"
    commands.mkdir()
    for package, _ in PACKAGES.values():
        (commands / package).touch(mode=0o755)
    monkeypatch.setenv("PATH", str(commands))
    return commands


@pytest.fixture
def busy_port() -> Iterator[int]:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        yield int(holder.getsockname()[1])


def environs(watch: Watch, **more: str) -> dict[str, dict[str, str]]:
    programs = watch.programs({**DATABASES, "SECRET_KEY": "pl4tf0rm", "PATH": "/bin", **more}, 8000)
    return {program.name: dict(program.env) for program in programs}


@pytest.mark.parametrize("environ", [{}, {"MONITORING": ""}, {"MONITORING": "0"}, {"MONITORING": "no"}])
def test_nothing_is_watched_unless_asked(tmp_path: Path, installed: Path, environ: dict[str, str]) -> None:
    watch = wanted_watch(tmp_path, environ)
    assert (watch.lines, watch.labels, environs(watch)) == ([], [], {})


def test_it_names_the_packages_to_install_and_goes_on_without(tmp_path: Path, installed: Path) -> None:
    (installed / "prometheus-redis-exporter").unlink()
    watch = wanted_watch(tmp_path, {"MONITORING": "1"})
    assert watch.lines[-1].endswith("apt-get install prometheus-redis-exporter")
    assert set(environs(watch)) == set(PACKAGES) - {"redis"}
    assert json.loads((tmp_path / "monitoring" / "targets" / "redis.yml").read_text()) == []

    (installed / "prometheus").unlink()
    watch = wanted_watch(tmp_path, {"MONITORING": "1"})
    assert len(watch.lines) == 1
    assert watch.lines[0].endswith("apt-get install prometheus prometheus-redis-exporter")
    assert environs(watch) == {}


def test_a_port_that_was_asked_for_must_be_free(tmp_path: Path, installed: Path, busy_port: int) -> None:
    with pytest.raises(PortError, match="PROMETHEUS_PORT="):
        wanted_watch(tmp_path, {"MONITORING": "1", "PROMETHEUS_PORT": str(busy_port)})


def test_another_prometheus_keeps_the_usual_port(
    tmp_path: Path, installed: Path, busy_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cryptotrader.local.watching._PORTS", {"prometheus": ("PROMETHEUS_PORT", busy_port)})
    watch = wanted_watch(tmp_path, {"MONITORING": "1"})
    assert watch.ports["prometheus"] != busy_port
    assert watch.lines == [f"Prometheus: http://127.0.0.1:{watch.ports['prometheus']}/"]


def test_a_watcher_gets_no_secret_but_its_own(tmp_path: Path, installed: Path) -> None:
    given = environs(wanted_watch(tmp_path, {"MONITORING": "1"}))
    assert given["postgres"]["DATA_SOURCE_NAME"] == (
        "postgresql://cryptotrader_monitor:m0n1t0r@/postgres?host=%2FHome%2Fpostgres&port=5432&sslmode=disable"
    )
    assert (given["redis"]["REDIS_ADDR"], given["redis"]["REDIS_PASSWORD"]) == ("redis://127.0.0.1:6400", "r3d1s")
    secrets = {"pl4tf0rm", "r3d1s", "m0n1t0r"}
    for name in set(PACKAGES) - {"postgres", "redis"}:
        assert not any(secret in value for secret in secrets for value in given[name].values())


def test_a_database_elsewhere_is_asked_at_its_own_address(tmp_path: Path, installed: Path) -> None:
    elsewhere = "postgresql://watcher:word@db.example:6432/flash?sslmode=require"
    given = environs(wanted_watch(tmp_path, {"MONITORING": "1"}), DATABASE_URL=elsewhere)
    assert given["postgres"]["DATA_SOURCE_NAME"] == elsewhere


def test_the_receivers_of_alerts_are_a_secret(tmp_path: Path, installed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALERT_WEBHOOK_URL", "https://on-call.example/token")
    environs(wanted_watch(tmp_path, {"MONITORING": "1"}))
    made = tmp_path / "monitoring" / "alertmanager.yml"
    assert "https://on-call.example/token" in made.read_text()
    assert stat.S_IMODE(made.stat().st_mode) == 0o600
