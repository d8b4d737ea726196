"""Mails leave by the configured way: an SMTP server or a provider's API, both simulated on this machine."""

import json
import socketserver
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.policy import default
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from pytest_django import Settings

from accounts.services.people.send_mail import send_mail
from cryptotrader import mail

VARIABLES = ("EMAIL_PROVIDER", "EMAIL_URL", "EMAIL_API_KEY", "EMAIL_API_URL", "EMAIL_DOMAIN")
LETTER = {"to": "alice@example.com", "subject": "제목", "text": "A link\n", "html": "<p>A link</p>"}
received: list[Any] = []


@pytest.fixture(autouse=True)
def _unset(monkeypatch: pytest.MonkeyPatch) -> None:
    received.clear()
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)


def configure(settings: Settings, monkeypatch: pytest.MonkeyPatch, **environ: str) -> None:
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    for name, value in mail.configuration().items():
        setattr(settings, name, value)


class MailServer(socketserver.StreamRequestHandler):
    """The smallest SMTP server that accepts a mail."""

    def handle(self) -> None:
        self.wfile.write(b"220 here\r\n")
        while line := self.rfile.readline().strip():
            if line.upper() == b"DATA":
                self.wfile.write(b"354 go on\r\n")
                content = b"".join(iter(self.rfile.readline, b".\r\n"))
                received.append(message_from_bytes(content, policy=default))
            self.wfile.write(b"221 bye\r\n" if line.upper() == b"QUIT" else b"250 fine\r\n")


class Provider(BaseHTTPRequestHandler):
    """A provider that accepts every mail."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        received.append((self.path, dict(self.headers), body))
        answer = {"ErrorCode": 0, "Message": "OK", "MessageID": "1", "id": "1", "message": "Queued. Thank you."}
        content = json.dumps(answer).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def listening(handler: type[socketserver.BaseRequestHandler]) -> Iterator[int]:
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), handler) as server:
        Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield int(server.server_address[1])
        server.shutdown()


def test_by_smtp(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    with listening(MailServer) as port:
        configure(settings, monkeypatch, EMAIL_PROVIDER="smtp", EMAIL_URL=f"smtp://127.0.0.1:{port}")
        send_mail(**LETTER)
    (letter,) = received
    assert (letter["To"], letter["Subject"]) == ("alice@example.com", "제목")
    assert letter.get_body(("plain",)).get_content() == "A link\r\n"


@pytest.mark.parametrize(
    ("provider", "path", "header", "extra"),
    [
        (
            "mailgun",
            "/mg.example.com/messages",
            ("Authorization", "Basic YXBpOmtleQ=="),
            {"EMAIL_DOMAIN": "mg.example.com"},
        ),
        ("postmark", "/email", ("X-Postmark-Server-Token", "key"), {}),
        ("resend", "/emails", ("Authorization", "Bearer key"), {}),
    ],
)
def test_by_the_api_of_a_provider(
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    provider: str,
    path: str,
    header: tuple[str, str],
    extra: dict[str, str],
) -> None:
    with listening(Provider) as port:
        given = {"EMAIL_PROVIDER": provider, "EMAIL_API_KEY": "key", "EMAIL_API_URL": f"http://127.0.0.1:{port}/"}
        configure(settings, monkeypatch, **given, **extra)
        send_mail(**LETTER)
    ((called, headers, body),) = received
    assert (called, headers[header[0]]) == (path, header[1])
    assert b"alice@example.com" in body.replace(b"%40", b"@")


def test_into_files_that_only_their_owner_reads(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    configure(settings, monkeypatch, EMAIL_PROVIDER="file")
    settings.MAIL_DIR = str(tmp_path / "mail")
    send_mail(**LETTER)
    (file,) = (tmp_path / "mail").iterdir()
    assert (file.stat().st_mode & 0o777, file.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    assert message_from_bytes(file.read_bytes(), policy=default)["Subject"] == "제목"


def test_no_mail_leaves_without_a_configured_provider() -> None:
    assert mail.configuration()["EMAIL_BACKEND"].endswith("FileBackend")


@pytest.mark.parametrize(
    ("environ", "name"),
    [
        ({"EMAIL_PROVIDER": "pigeon"}, "EMAIL_PROVIDER"),
        ({"EMAIL_PROVIDER": "smtp"}, "EMAIL_URL"),
        ({"EMAIL_PROVIDER": "smtp", "EMAIL_URL": "smtp://"}, "EMAIL_URL"),
        ({"EMAIL_PROVIDER": "smtp", "EMAIL_URL": "consolemail://"}, "EMAIL_URL"),
        ({"EMAIL_PROVIDER": "smtp", "EMAIL_URL": "http://example.com"}, "EMAIL_URL"),
        ({"EMAIL_PROVIDER": "postmark"}, "EMAIL_API_KEY"),
        ({"EMAIL_PROVIDER": "mailgun", "EMAIL_API_KEY": "key"}, "EMAIL_DOMAIN"),
    ],
)
def test_what_is_missing_or_wrong_is_named(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, environ: dict[str, str], name: str
) -> None:
    with pytest.raises(ImproperlyConfigured, match=name):
        configure(settings, monkeypatch, **environ)


@pytest.mark.parametrize(
    ("url", "port", "tls"),
    [("smtp+tls://u%40x:p%2Fw@mail", 587, True), ("smtp+tls://u%40x:p%2Fw@mail:2525", 2525, True)],
)
def test_an_smtp_address_may_have_signs_in_its_password(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, url: str, port: int, tls: bool
) -> None:
    configure(settings, monkeypatch, EMAIL_PROVIDER="smtp", EMAIL_URL=url)
    assert (settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD) == ("u@x", "p/w")
    assert (port, tls) == (settings.EMAIL_PORT, settings.EMAIL_USE_TLS)
