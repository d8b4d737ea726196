"""nginx as a process of a host, when it can't do as it is told."""

import socket
import tempfile
from contextlib import closing
from pathlib import Path

import pytest

from cryptotrader.local.ports import free_port
from cryptotrader.start.certificate import certificate
from deploy.ct import files
from deploy.ct.host.nginx import Nginx
from deploy.ct.outcome import Stopped
from deploy.ct.settings import Settings
from deploy.ct.tests.proxied import NGINX
from deploy.ct.tls import keep_certificate
from deploy.ct.upstreams import upstreams

pytestmark = [pytest.mark.process, pytest.mark.skipif(NGINX is None, reason="nginx is not installed")]
NOBODY = upstreams({"web": ["127.0.0.1:1"], "stream": ["127.0.0.1:1"]})


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
