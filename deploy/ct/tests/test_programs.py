"""How `ct` tells that a program failed."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
from contextlib import closing
from pathlib import Path

import pytest

from cryptotrader.local.ports import free_port
from cryptotrader.start.certificate import certificate
from deploy.ct import files
from deploy.ct.host.nginx import Nginx
from deploy.ct.outcome import Exit, Stopped
from deploy.ct.programs import run, telling
from deploy.ct.settings import ROOT, Settings
from deploy.ct.tests.proxied import NGINX
from deploy.ct.tls import keep_certificate
from deploy.ct.upstreams import upstreams

NOBODY = upstreams({"web": ["127.0.0.1:1"], "stream": ["127.0.0.1:1"]})
DOCKER = """\
unknown shorthand flag: 'f' in -f

Usage:  docker [OPTIONS] COMMAND [ARG...]

Run 'docker --help' for more information
"""
TAKEN = """\
2026/11/30 20:00:00 [emerg] 12#12: bind() to 127.0.0.1:8081 failed (98: Address already in use)
2026/11/30 20:00:01 [emerg] 12#12: still could not bind()
"""
NPM = """\
npm error request to https://registry.example failed, reason: self-signed certificate
npm error A complete log of this run can be found in: /root/.npm/_logs/2026-debug-0.log
"""
TRACEBACK = """\
Traceback (most recent call last):
  File "x.py", line 1, in <module>
ValueError: connection refused
    Is the server running?
{"time": "2026-11-30T20:00:00Z", "level": "WARN"}
"""
CHECKS = """\
SystemCheckError: System check identified some issues:

ERRORS:
?: (cryptotrader.E001) DJANGO_DEBUG is on
\tHINT: Set DJANGO_DEBUG=0.
?: (security.W018) DEBUG is on.

System check identified 2 issues (0 silenced).
"""


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        (DOCKER, "unknown shorthand flag: 'f' in -f"),
        (TAKEN, "bind() to 127.0.0.1:8081 failed (98: Address already in use)"),
        (TRACEBACK, "ValueError: connection refused"),
        (CHECKS, "(cryptotrader.E001) DJANGO_DEBUG is on. Set DJANGO_DEBUG=0; (security.W018) DEBUG is on"),
        (NPM, "npm error request to https://registry.example failed, reason: self-signed certificate"),
        ("  alone\n", "alone"),
        ("", ""),
    ],
)
def test_the_line_that_tells_why_is_kept(told: str, reason: str) -> None:
    assert telling(told) == reason


@pytest.mark.process
@pytest.mark.parametrize("capture", [False, True])
@pytest.mark.parametrize(("code", "kept"), [(1, Exit.FAILED), (2, Exit.USAGE), (3, Exit.FAILED), (4, Exit.DEPENDENCY)])
def test_the_reason_and_the_exit_code_of_a_program_are_kept(*, capture: bool, code: int, kept: Exit) -> None:
    command = [sys.executable, "-c", f"import sys; print('EMAIL_URL is not set'); sys.exit({code})"]
    with pytest.raises(Stopped, match=f"ended with {code}: EMAIL_URL is not set$") as stopped:
        run(command, environ={}, capture=capture)
    assert stopped.value.code == kept


@pytest.mark.process
def test_a_program_that_never_ends_is_ended() -> None:
    with pytest.raises(Stopped, match=r"signal\.pause\(\)` was ended after 0\.1 s"):
        run([sys.executable, "-c", "import signal; signal.pause()"], environ={}, seconds=0.1)


@pytest.mark.process
@pytest.mark.skipif(sys.platform != "linux", reason="other systems leave it to itself")
def test_a_program_ends_with_the_ct_that_was_killed(tmp_path: Path) -> None:
    os.mkfifo(pipe := tmp_path / "pipe")
    # It holds the pipe open for as long as it lives.
    program = "import signal, sys; told = open(sys.argv[1], 'w'); told.write('up'); told.flush(); signal.pause()"
    ct = "import sys; from deploy.ct.programs import run; run(sys.argv[1:], environ={})"
    command = [sys.executable, "-c", ct, sys.executable, "-c", program, str(pipe)]
    with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL) as process, pipe.open() as told:
        assert told.read(2) == "up"
        process.send_signal(signal.SIGKILL)
        assert told.read() == ""  # its end


@pytest.mark.process
@pytest.mark.skipif(NGINX is None, reason="nginx is not installed")
def test_a_port_that_is_taken_is_named() -> None:
    with tempfile.TemporaryDirectory() as directory, closing(socket.socket()) as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        taken = other.getsockname()[1]
        https, http = free_port(), free_port()
        variables = {"HTTPS_PORT": f"{https}", "HTTP_PORT": f"{http}", "NGINX_STATUS_PORT": f"{taken}"}
        variables["SITE_URL"] = f"https://localhost:{https}"
        nginx = Nginx(Settings("development", Path(directory), variables))
        nginx.configure()
        keep_certificate(Path(directory) / "tls", certificate(["localhost"]))
        with pytest.raises(Stopped, match=rf"bind\(\) to 127\.0\.0\.1:{taken} failed .*in use"):
            nginx.route(NOBODY)
        files.write(Path(directory) / "tls" / "site.key", "none")
        with pytest.raises(Stopped, match=r"refuses its configuration: cannot load certificate key .*site\.key"):
            nginx.route(NOBODY)
        assert nginx.master() is None
