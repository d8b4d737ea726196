"""What `run` and `exec` keep in their home, and where they listen: nothing is started here."""

import socket
import stat
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from cryptotrader.local import ports
from cryptotrader.local.home import AlreadyRunning, local_environment, locked
from cryptotrader.local.logins import APP, FEED, OWNER, SETTLER
from cryptotrader.local.ports import PortError, free_ports, refuse_busy_port, wanted_port
from cryptotrader.local.postgres import Postgres


def test_a_lock_is_free_again_when_its_holder_leaves(tmp_path: Path) -> None:
    with locked(tmp_path), pytest.raises(AlreadyRunning), locked(tmp_path):
        pass
    with locked(tmp_path):
        pass


def test_free_ports_are_given_once_and_lie_below_those_of_outgoing_connections() -> None:
    with ThreadPoolExecutor(4) as pool:
        rows = list(pool.map(free_ports, [3] * 8))
    assert all(row == list(range(row[0], row[0] + 3)) for row in rows)
    given = [port for row in rows for port in row]
    assert len(set(given)) == 24
    assert max(given) < 32_768
    for port in given:
        refuse_busy_port(port)


def test_a_port_that_is_taken_is_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = free_ports(3)[0]
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))  # no other caller goes by these numbers
    monkeypatch.setattr(ports, "FIRST", first)
    monkeypatch.setattr(ports, "LAST", first + 3)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", first + 1))
        assert [free_ports(1) for _ in range(3)] == [[first], [first + 2], [first]]
        with pytest.raises(PortError, match="there are no 2 free ports"):
            free_ports(2)


@pytest.mark.parametrize("value", ["0", "65536", "http", "-1", "８０００"])
def test_a_port_must_be_a_port(value: str) -> None:
    with pytest.raises(PortError, match="PORT"):
        wanted_port({"PORT": value})


@pytest.mark.parametrize("environ", [{}, {"PORT": ""}])
def test_the_port_is_8000_unless_given(environ: dict[str, str]) -> None:
    assert wanted_port(environ) == 8000


def test_secrets_are_made_once_and_kept_to_ourselves(tmp_path: Path) -> None:
    first = local_environment(tmp_path, {})
    assert len({first["SECRET_KEY"], first["JWT_SECRET"]}) == 2
    assert len(first["SECRET_KEY"]) >= 50
    assert local_environment(tmp_path, {}) == first
    assert stat.S_IMODE((tmp_path / "secrets").stat().st_mode) == 0o600


def test_a_given_secret_is_kept(tmp_path: Path) -> None:
    environ = local_environment(tmp_path, {"SECRET_KEY": "given", "JWT_SECRET_FILE": "/run/secrets/jwt"})
    assert environ["SECRET_KEY"] == "given"
    assert "JWT_SECRET" not in environ


def test_the_database_is_reached_through_a_private_directory(tmp_path: Path) -> None:
    assert Postgres(tmp_path, durable=False).url().split("@")[1].startswith("%2F")


def test_each_login_has_a_password_that_is_kept_to_ourselves(tmp_path: Path) -> None:
    urls = [Postgres(tmp_path, durable=False).url_of(login) for login in (APP, FEED, SETTLER, OWNER)]
    assert len({urlsplit(url).password for url in urls}) == 4
    assert stat.S_IMODE((tmp_path / "logins").stat().st_mode) == 0o600
    assert [Postgres(tmp_path, durable=False).url_of(login) for login in (APP, FEED, SETTLER, OWNER)] == urls
