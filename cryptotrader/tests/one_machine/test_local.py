"""The embedded servers and their commands, for real: each test starts its own and looks for leftover processes."""

import json
import os
import signal
import socket
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote, urlsplit

import psutil
import pytest

from accounts.tests.patience import PATIENCE_SECONDS
from cryptotrader.local.home import ROOT, locked, published_addresses, running_environment
from cryptotrader.local.logins import APP, OWNER
from cryptotrader.local.processes import HOME_MARK, leftovers
from cryptotrader.tests.support.remains import assert_gone

pytestmark = pytest.mark.process

LOOK = """
import json, os
import psycopg
from django.db import connection
from redis import Redis
from cryptotrader.env_servers import database, redis

print(json.dumps({
    "fsync": psycopg.connect(os.environ["DATABASE_URL"]).execute("SHOW fsync").fetchone()[0],
    "redis": [Redis.from_url(redis("REDIS_URL", number)).ping() for number in (0, 1)],
    "django_host": database()["HOST"],
}))
raise SystemExit(3)
"""
TELL = "import os; print(os.environ['DATABASE_URL'])"
KNOCK = """
import os, sys, psycopg
url = psycopg.conninfo.conninfo_to_dict(os.environ["DATABASE_URL"])
owner = "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = current_database()"
print(psycopg.connect(**url).execute(owner).fetchone()[0])
for login in sys.argv[1:]:
    try:
        psycopg.connect(**url | {"user": login, "password": None})
    except psycopg.OperationalError as error:
        print(str(error).strip().rpartition(": ")[2])
"""
DAEMON = """
import subprocess, sys
wait = [sys.executable, "-c", "import time; time.sleep(600)"]
print(subprocess.Popen(wait, start_new_session=True, stdout=subprocess.DEVNULL, env={} if sys.argv[1:] else None).pid)
"""
WAIT = "import os, sys, time; print(os.getpid(), flush=True); time.sleep(600)"


def bare_environment(**more: str) -> dict[str, str]:
    """Returns our environment without the variables of the outer `exec` of `make test`."""
    given = {"DATABASE_URL", "REDIS_URL", HOME_MARK}
    return {name: value for name, value in os.environ.items() if name not in given} | more


def local(home: Path, *arguments: str, **more: str) -> "subprocess.CompletedProcess[str]":
    """Runs the command line to its end."""
    command = [sys.executable, "-m", "cryptotrader.local", "--home", str(home), *arguments]
    return subprocess.run(
        command,
        cwd=ROOT,
        env=bare_environment(**more),
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
        check=False,
    )


def start_exec(home: Path, *options: str) -> "tuple[subprocess.Popen[str], list[psutil.Process]]":
    """Starts a command that waits; returns `exec`'s process, and all those below it."""
    local = [sys.executable, "-m", "cryptotrader.local", "--home", str(home)]
    command = [*local, "exec", *options, "--", sys.executable, "-c", WAIT]
    nothing, pipe = subprocess.DEVNULL, subprocess.PIPE
    process = subprocess.Popen(command, cwd=ROOT, env=bare_environment(), text=True, stdin=nothing, stdout=pipe)
    assert process.stdout is not None
    assert process.stdout.readline()
    return process, psutil.Process(process.pid).children(recursive=True)


@pytest.fixture
def home() -> Iterator[Path]:
    # Not pytest's own: another session of root's closes that to PostgreSQL's account.
    with tempfile.TemporaryDirectory(prefix="cryptotrader-") as directory:
        yield Path(directory)
        assert leftovers(Path(directory)) == []


def test_exec_gives_a_command_servers_of_its_own_and_takes_all_away(home: Path) -> None:
    done = local(home, "exec", "--", sys.executable, "-c", LOOK)
    assert done.returncode == 3, done.stderr
    seen = json.loads(done.stdout)
    assert seen["fsync"] == "off"
    assert seen["redis"] == [True, True]
    assert seen["django_host"].startswith("/")
    assert list(home.glob("exec-*/")) == []


def test_a_long_path_gets_its_socket_elsewhere(home: Path) -> None:
    deep = home / ("d" * 60) / ("e" * 60)
    directory = unquote(urlsplit(local(deep, "exec", "--", sys.executable, "-c", TELL).stdout).netloc)
    login, _at, directory = directory.partition("@")
    assert login.startswith("postgres:")
    assert directory.startswith("/")
    assert "d" * 60 not in directory
    assert not Path(directory.removesuffix(":5432")).exists()


def test_servers_that_the_environment_names_are_not_started(home: Path) -> None:
    names = {"DATABASE_URL": "postgresql://elsewhere/database", "REDIS_URL": "redis://elsewhere/0"}
    done = local(home, "exec", "--", sys.executable, "-c", TELL, **names)
    assert done.stdout == "postgresql://elsewhere/database\n"


NOT_LINUX = pytest.mark.skipif(sys.platform != "linux", reason="only Linux lets us adopt orphans")


@pytest.mark.parametrize("own_environment", [[], pytest.param(["own"], marks=NOT_LINUX)], ids=["ours", "its own"])
def test_exec_ends_daemons_that_its_command_left(home: Path, own_environment: list[str]) -> None:
    """Servers that `ct` starts have an environment of their own."""
    pid = int(local(home, "exec", "--", sys.executable, "-c", DAEMON, *own_environment).stdout)
    assert not psutil.pid_exists(pid)


def test_exec_stops_on_sigterm(home: Path) -> None:
    process, processes = start_exec(home)
    process.terminate()
    assert process.wait(timeout=PATIENCE_SECONDS) == 128 + signal.SIGTERM
    process.communicate()
    assert_gone(processes)
    assert list(home.glob("exec-*/")) == []


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells children of their parent's death")
def test_nothing_survives_a_killed_exec_and_its_data_can_be_used_again(home: Path) -> None:
    data = home / "data"
    process, processes = start_exec(home, "--durable", "--data", str(data))
    servers = {child.name() for child in processes}
    assert {"postgres", "valkey-server"} <= servers
    for child in processes:
        if child.name() == "postgres":
            child.kill()  # for its data this equals a crash of the machine
    process.kill()
    process.communicate()
    assert_gone(processes)
    again = local(home, "exec", "--durable", "--data", str(data), "--", sys.executable, "-c", LOOK)
    assert json.loads(again.stdout)["fsync"] == "on", again.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells children of their parent's death")
def test_the_next_exec_removes_what_a_killed_one_left(home: Path) -> None:
    process, processes = start_exec(home)
    process.kill()
    process.communicate()
    assert_gone(processes)
    assert list(home.glob("exec-*/"))
    assert local(home, "exec", "--", "true").returncode == 0
    assert list(home.glob("exec-*/")) == []


def test_a_second_run_is_refused(home: Path) -> None:
    with locked(home):
        second = local(home, "run")
    assert second.returncode == 5
    assert second.stderr == "local: already running in this checkout (`make stop` stops it)\n"


def test_stop_says_when_nothing_was_running(home: Path) -> None:
    assert local(home, "stop").stdout == "local: nothing was running\n"


def test_a_busy_port_is_refused_before_anything_is_started(home: Path) -> None:
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        port = str(busy.getsockname()[1])
        done = local(home, "run", PORT=port)
    assert done.returncode == 1
    assert done.stderr == f"local: port {port} can't be used (Address already in use): choose another with PORT=\n"
    assert not (home / "postgres").exists()


def test_nobody_comes_into_the_database_without_a_password(home: Path) -> None:
    done = local(home, "exec", "--", sys.executable, "-c", KNOCK, APP, OWNER, "postgres")
    assert done.stdout == "cryptotrader_owner\n" + "no password supplied\n" * 3


def test_manage_runs_in_the_environment_of_the_run_and_nowhere_else(tmp_path: Path) -> None:
    idle = local(tmp_path, "manage", "diffsettings")
    assert (idle.returncode, idle.stderr) == (1, "local: nothing is running in this checkout (`make run` starts it)\n")
    site = {"SITE_URL": "http://127.0.0.1:8765"}
    urls = site | {"DATABASE_URL": "postgresql://x@127.0.0.1:1/kept", "REDIS_URL": "redis://:secret@127.0.0.1:1/0"}
    app = {**urls, "DATABASE_URL": "postgresql://app@127.0.0.1:1/kept"}
    with published_addresses(tmp_path, {"cryptotrader_owner": urls, "cryptotrader_app": app}):
        assert stat.S_IMODE((tmp_path / "addresses").stat().st_mode) == 0o600
        settings = local(tmp_path, "manage", "diffsettings", "--all").stdout
        assert "REDIS_URL = 'redis://:secret@127.0.0.1:1/0'" in settings
        assert "SITE_URL = 'http://127.0.0.1:8765'" in settings
        assert "'NAME': 'kept'" in settings
        assert "'USER': 'app'" in settings
        assert "'USER': 'x'" in local(tmp_path, "manage", "--as", "owner", "diffsettings", "--all").stdout
    assert local(tmp_path, "manage", "diffsettings").returncode == 1


def test_manage_backs_up_as_the_run_does(tmp_path: Path) -> None:
    """A backup by hand is encrypted as those of the night are, and a restore finds the archive of the log."""
    urls = {
        "DATABASE_URL": "postgresql://x@127.0.0.1:1/kept",
        "REDIS_URL": "redis://127.0.0.1:1",
        "SITE_URL": "http://x",
    }
    keys = {"BACKUP_PASSPHRASE": "50 % of\ntwo lines", "WAL_ARCHIVE_DIR": "/archive", "OTHER": "1"}
    with published_addresses(tmp_path, {"cryptotrader_owner": urls | keys}):
        found = running_environment(tmp_path, {}, "cryptotrader_owner")
        assert {name: found.get(name) for name in (*urls, *keys)} == urls | keys | {"OTHER": None}
        own = {
            "BACKUP_PASSPHRASE_FILE": "/own",
            "WAL_ARCHIVE_DIR": "/mnt/old",
            "DATABASE_URL": "postgresql://elsewhere",
        }
        found = running_environment(tmp_path, own, "cryptotrader_owner")
        assert "BACKUP_PASSPHRASE" not in found
        assert (found["WAL_ARCHIVE_DIR"], found["DATABASE_URL"]) == ("/mnt/old", urls["DATABASE_URL"])
