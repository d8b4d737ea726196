"""What `run` and `exec` keep in their home, and where they listen: nothing is started here."""

import socket
import stat
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from cryptotrader.local.home import AlreadyRunning, local_environment, locked
from cryptotrader.local.logins import APP, FEED, OWNER, SETTLER
from cryptotrader.local.ports import PortError, refuse_busy_port, wanted_port
from cryptotrader.local.postgres import Postgres


def test_a_lock_is_free_again_when_its_holder_leaves(tmp_path: Path) -> None:
    with locked(tmp_path), pytest.raises(AlreadyRunning), locked(tmp_path):
        pass
    with locked(tmp_path):
        pass


def test_a_port_is_accepted_as_soon_as_it_is_free() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        probe.listen()
        port = probe.getsockname()[1]
        with pytest.raises(PortError):
            refuse_busy_port(port)
    refuse_busy_port(port)


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
