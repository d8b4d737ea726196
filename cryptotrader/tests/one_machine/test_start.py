"""`python -m cryptotrader.start`: the commands of processes, their signs of life, and their checks."""

import json
import os
import subprocess
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import ClassVar

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec

from cryptotrader.celery import app
from cryptotrader.local.home import ROOT
from cryptotrader.local.logins import OWNER
from cryptotrader.local.run import _LOGINS, _programs
from cryptotrader.queue.pulse import Pulse
from cryptotrader.start.__main__ import BEHIND_THE_FEED
from cryptotrader.start.certificate import certificate
from cryptotrader.start.check import PULSE_AGE_MAX, fault
from cryptotrader.start.commands import BadSetting, Place, commands
from cryptotrader.start.kept_static import KEPT_SECONDS, keep_static
from cryptotrader.start.records import Records
from trading.feeds.pulse import PULSE_FILE, give_sign_of_life


def test_make_run_starts_the_commands_that_images_start(tmp_path: Path) -> None:
    environs = {login: {"DATABASE_URL": login} for login in (*_LOGINS.values(), OWNER)}
    programs = {item.name: item.command for item in _programs(environs, tmp_path, 8123)}
    place = Place(host="127.0.0.1", port=8123, directory=tmp_path / "beat", grace_seconds=5)
    known = commands(place)
    assert programs == {**{name: known[name] for name in programs if name != "server"}, "server": known["stream"]}


@pytest.mark.parametrize("value", ["0", "-1", "x", "65536", "1.5"])
def test_a_wrong_setting_is_named(value: str) -> None:
    with pytest.raises(BadSetting, match="PORT must be a whole number from 1 to 65535"):
        Place.of({"PORT": value}, Path("/tmp"))


def test_an_empty_setting_is_as_good_as_none() -> None:
    assert Place.of({"PORT": "", "WEB_WORKERS": ""}, Path("/tmp")) == Place("0.0.0.0", 8000, Path("/tmp"))


@pytest.mark.process
def test_the_command_becomes_the_process_and_leaves_its_name(tmp_path: Path) -> None:
    environ = {**os.environ, "START_DIRECTORY": str(tmp_path), "FEED": "nonsense"}
    command = [sys.executable, "-m", "cryptotrader.start", "feed"]
    done = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, check=False)
    assert done.returncode == 2  # of run_feed itself
    assert "FEED must be" in done.stderr
    assert not Records(tmp_path).serves
    wrong = subprocess.run(command, cwd=ROOT, env=environ | {"PORT": "no"}, capture_output=True, text=True, check=False)
    assert (wrong.returncode, wrong.stderr.count("\n")) == (2, 1)


@pytest.mark.process
@pytest.mark.parametrize(("process", "behind"), [("feed", 0), ("stream", BEHIND_THE_FEED)])
def test_all_others_let_the_feed_go_first(process: str, behind: int, tmp_path: Path) -> None:
    told = "import os, sys\nwith open(os.environ['TOLD'], 'a') as file: print(os.nice(0), file=file)\n"
    (tmp_path / "sitecustomize.py").write_text(told)  # each Python runs it: the command, then what it becomes
    environ = {"START_DIRECTORY": str(tmp_path / "start"), "PYTHONPATH": str(tmp_path), "TOLD": str(tmp_path / "told")}
    wrong = {"FEED": "nonsense", "HOST": "no host"}
    command = [sys.executable, "-m", "cryptotrader.start", process]
    subprocess.run(command, cwd=ROOT, env={**os.environ, **environ, **wrong}, capture_output=True, check=False)
    mine = os.nice(0)
    assert (tmp_path / "told").read_text().split()[:2] == [str(mine), str(min(19, mine + behind))]


def test_a_process_without_signs_of_life_is_ill(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    records = Records(tmp_path / "start")
    records.begin("settler")
    assert fault(records, {}, now=0) == "no sign of life yet"
    monkeypatch.setenv(PULSE_FILE, str(records.pulse))
    give_sign_of_life()
    at = records.pulse.stat().st_mtime
    assert fault(records, {}, now=at + PULSE_AGE_MAX) is None
    assert fault(records, {}, now=at + PULSE_AGE_MAX + 1) == f"no sign of life for {PULSE_AGE_MAX + 1} s"
    records.begin("settler")  # its signs are those of the process before
    assert fault(records, {}, now=at) == "no sign of life yet"


def test_a_disk_that_takes_no_sign_of_life_stops_nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(PULSE_FILE, str(tmp_path / "missing" / "pulse"))
    give_sign_of_life()
    assert Pulse in app.steps["consumer"]


class Ready(BaseHTTPRequestHandler):
    hosts: ClassVar[list[str]] = []
    status = 200

    def do_GET(self) -> None:
        self.hosts.append(self.headers["Host"])
        self.send_response(self.status)
        self.end_headers()
        self.wfile.write(b"why")

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing."""


def test_a_server_must_be_ready_and_is_asked_by_its_own_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    records = Records(tmp_path)
    records.begin("web")
    with HTTPServer(("127.0.0.1", 0), Ready) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        environ = {"PORT": str(server.server_address[1]), "SITE_URL": "https://flash.example"}
        assert fault(records, environ, now=0) is None
        monkeypatch.setattr(Ready, "status", 503)
        assert fault(records, environ, now=0) == "503: why"
        assert Ready.hosts == ["flash.example", "flash.example"]
        server.shutdown()
    assert str(fault(records, environ, now=0)).startswith("no answer")


def test_static_files_of_earlier_releases_are_kept_for_a_month(tmp_path: Path) -> None:
    new, kept = tmp_path / "new", tmp_path / "kept"
    (new / "css").mkdir(parents=True)
    (new / "css" / "a.1.css").write_text("1")
    assert keep_static(new, kept, now=1_000_000) == 1
    (new / "css" / "a.1.css").rename(new / "css" / "a.2.css")
    assert keep_static(new, kept, now=1_000_000 + KEPT_SECONDS) == 1
    assert sorted(path.name for path in kept.rglob("*.css")) == ["a.1.css", "a.2.css"]
    assert keep_static(new, kept, now=1_000_001 + KEPT_SECONDS) == 0
    assert [path.name for path in kept.rglob("*.css")] == ["a.2.css"]


def test_the_certificate_for_tests_names_its_hosts_and_is_signed_by_its_authority() -> None:
    made = json.loads(certificate(["flash.example", "127.0.0.1"]))
    leaf = x509.load_pem_x509_certificate(made["certificate"].encode())
    authority = x509.load_pem_x509_certificate(made["authority"].encode())
    leaf.verify_directly_issued_by(authority)
    names = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert [str(name.value) for name in names] == ["flash.example", "127.0.0.1"]
    assert not leaf.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    assert isinstance(leaf.public_key(), ec.EllipticCurvePublicKey)
