"""`ct smoke`'s own clients, against real servers."""

import json
import ssl
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from websockets.sync.server import ServerConnection, serve

from cryptotrader.start.certificate import certificate
from deploy.ct.__main__ import main
from deploy.ct.outcome import Exit
from deploy.ct.smoke.stream import Stream
from deploy.ct.smoke.web import Web
from deploy.ct.tests.proxied import NGINX, proxied

LENGTHS = (1, 125, 126, 65_535, 65_536, 200_000)


def echo(connection: ServerConnection) -> None:
    """Sends each text back, after a ping; ends at `bye`."""
    for text in connection:
        connection.ping()
        connection.send(text)
        if json.loads(text).get("bye"):
            connection.close(4408, "too slow")


@contextmanager
def server(directory: Path) -> Iterator[Web]:
    made = json.loads(certificate(["localhost"]))
    for name, content in made.items():
        (directory / name).write_text(content)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(directory / "certificate", directory / "key")
    with serve(echo, "127.0.0.1", 0, ssl=context, max_size=None) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        port = running.socket.getsockname()[1]
        yield Web(f"https://localhost:{port}", directory / "authority", ("127.0.0.1", port))
        running.shutdown()


def test_texts_of_every_length_come_back_and_the_code_of_a_close_is_told(tmp_path: Path) -> None:
    with server(tmp_path) as web, Stream(web, "/ws/v1") as stream:
        for length in LENGTHS:
            stream.send({"text": "x" * length})
            assert len(stream.receive()["text"]) == length
        stream.send({"bye": True})
        stream.receive()
        with pytest.raises(OSError, match="closed with 4408 too slow"):
            stream.receive()


def test_a_certificate_that_nobody_signed_is_refused(tmp_path: Path) -> None:
    with server(tmp_path) as web, pytest.raises(ssl.SSLCertVerificationError):
        Stream(Web(web.url, None, web.connect_to), "/ws/v1")


@pytest.mark.process
@pytest.mark.skipif(NGINX is None, reason="nginx is not installed")
def test_it_names_each_check_that_fails(capsys: pytest.CaptureFixture[str]) -> None:
    """Behind this nginx is no platform: what nginx does passes, what the platform does fails."""
    with tempfile.TemporaryDirectory() as home, proxied(Path(home)) as site:
        words = ["smoke", site.web.url, "--authority", str(site.home / "tls" / "authority.crt"), "--no-order", "--json"]
        assert main([*words, "--clear-port", str(site.http)]) == Exit.FAULTS
    found = json.loads(capsys.readouterr().out)
    passed = {check["check"] for check in found["checks"] if check["well"]}
    assert passed == {"tls", "redirect", "headers", "metrics-closed"}
    assert not found["passed"]


def test_without_a_person_another_site_gets_no_order(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["smoke", "https://127.0.0.1:1"]) == Exit.USAGE
    assert "--key-file" in capsys.readouterr().err
