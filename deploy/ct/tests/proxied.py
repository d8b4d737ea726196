"""A real nginx with the rendered configuration, in front of a small application that tells what reached it."""

import json
import shutil
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from accounts.tests.patience import PATIENCE_SECONDS
from cryptotrader.local.ports import free_port
from cryptotrader.start.certificate import certificate
from deploy.ct import files
from deploy.ct.proxy import Proxy, render
from deploy.ct.settings import Settings
from deploy.ct.smoke.web import Web
from deploy.ct.upstreams import upstreams, write_upstreams

NGINX = shutil.which("nginx") or ("/usr/sbin/nginx" if Path("/usr/sbin/nginx").exists() else None)


class Echo(BaseHTTPRequestHandler):
    """Answers each request with its headers; below /static/ it has one file, and /upgrade becomes a socket."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        if self.headers.get("Upgrade") == "websocket":
            self.send_response(101)
            self.send_header("Upgrade", "websocket")
            self.send_header("Connection", "Upgrade")
            self.end_headers()
            self.wfile.write(b"hello")
            self.close_connection = True
            return
        self.server.paths.add(self.path)  # type: ignore[attr-defined]
        known = not self.path.startswith("/static/") or self.path == "/static/here.css"
        length = int(self.headers.get("Content-Length") or 0)
        body = json.dumps(
            {
                "path": self.path,
                "headers": dict(self.headers),
                "body": self.rfile.read(length).decode(),
                "port": self.connection.getsockname()[1],
            }
        ).encode()
        self.send_response(200 if known else 404)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("X-Frame-Options", "DENY")
        self.send_header("Server", "secret/1.0")
        if self.path.startswith("/static/"):
            self.send_header("Cache-Control", "public, max-age=315360000, immutable")
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_GET  # noqa: N815  (the library's name)

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing."""


class Application(ThreadingHTTPServer):
    """Takes it calmly when nginx closes a connection that it no longer needs. `paths`: those that were asked for."""

    def __init__(self, *words: Any) -> None:
        super().__init__(*words)
        self.paths: set[str] = set()

    def handle_error(self, request: object, client_address: object) -> None:
        return


class Proxied:
    """The running nginx."""

    def __init__(
        self, home: Path, application: Application, stream: Application, silent_seconds: int, variables: dict[str, str]
    ) -> None:
        self.home, self.application, self.stream = home, application, stream
        self._silent_seconds = silent_seconds
        self.https, self.http = free_port(), free_port()
        self.settings = Settings(
            "development",
            home,
            {"SITE_URL": f"https://localhost:{self.https}", "HTTPS_PORT": str(self.https), **variables},
        )
        self.directory = home / "nginx"
        self.configure()

    def configure(self) -> None:
        made = json.loads(certificate(["localhost"]))
        tls, kept, runtime = (self.home / name for name in ("tls", "kept", "runtime"))
        for directory in (tls, kept, runtime, self.home / "acme"):
            files.readable(directory)
        for name, content in (("site.crt", "certificate"), ("site.key", "key"), ("authority.crt", "authority")):
            files.write(tls / name, made[content])
        proxy = Proxy(
            directory=str(self.directory),
            tls=str(tls),
            acme=str(self.home / "acme"),
            kept_static=str(kept),
            runtime=str(runtime),
            https_listen=f"127.0.0.1:{self.https}",
            http_listen=f"127.0.0.1:{self.http}",
            status_listen=f"127.0.0.1:{free_port()}",
            access_log=str(self.home / "access.log"),
            before_1_25=nginx_version() < (1, 25, 1),
        )
        render(self.directory, self.settings, proxy)
        self.adapt()
        web, stream = (f"127.0.0.1:{each.server_address[1]}" for each in (self.application, self.stream))
        write_upstreams(self.directory, upstreams({"web": [web], "stream": [stream]}))

    def adapt(self) -> None:
        """Sets how long a client may be silent: ten seconds on a site."""
        main = self.directory / "nginx.conf"
        text = main.read_text().replace("_timeout 10s", f"_timeout {self._silent_seconds}s")
        main.write_text(f"user root;\n{text}")

    @property
    def web(self) -> Web:
        return Web.of(self.settings)

    @property
    def command(self) -> list[str]:
        return [str(NGINX), "-e", "stderr", "-c", str(self.directory / "nginx.conf")]

    def start(self) -> "subprocess.Popen[str]":
        with (self.home / "error.log").open("w") as log:
            process = subprocess.Popen([*self.command, "-g", "daemon off;"], stderr=log, text=True)
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not answers(self.https):
            assert process.poll() is None, (self.home / "error.log").read_text()
            assert time.monotonic() < deadline
            time.sleep(0.02)
        return process

    @contextmanager
    def opened(self) -> Iterator[ssl.SSLSocket]:
        """A connection over TLS."""
        with (
            closing(socket.create_connection(("127.0.0.1", self.https), timeout=PATIENCE_SECONDS)) as plain,
            closing(self.web.context.wrap_socket(plain, server_hostname="localhost")) as secure,
        ):
            yield secure

    def serves(self, name: str) -> bool:
        """Whether a host name gets a certificate, and so an answer."""
        context = ssl._create_unverified_context()  # that of localhost
        with closing(socket.create_connection(("127.0.0.1", self.https), timeout=PATIENCE_SECONDS)) as plain:
            try:
                context.wrap_socket(plain, server_hostname=name).close()
            except ssl.SSLError:
                return False
        return True

    def raw(self, text: bytes) -> bytes:
        """Sends bytes over TLS, and returns all that comes back until nginx closes the connection."""
        with self.opened() as secure:
            secure.sendall(text)
            return b"".join(iter(lambda: secure.recv(65536), b""))


def nginx_version() -> tuple[int, ...]:
    told = subprocess.run([str(NGINX), "-v"], capture_output=True, text=True, check=True).stderr
    return tuple(int(part) for part in told.split("nginx/")[1].split()[0].split("."))


def answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@contextmanager
def proxied(home: Path, *, silent_seconds: int = PATIENCE_SECONDS, **variables: str) -> Iterator[Proxied]:
    """A running nginx and its applications, web and stream. All end with the block.

    A test on a busy machine is silent for seconds: the test of that limit sets it.
    """
    application, stream = (Application(("127.0.0.1", 0), Echo) for _ in range(2))
    for each in (application, stream):
        threading.Thread(target=each.serve_forever, daemon=True).start()
    site = Proxied(home, application, stream, silent_seconds, variables)
    process = site.start()
    try:
        yield site
    finally:
        process.terminate()
        process.wait(timeout=PATIENCE_SECONDS)
        for each in (application, stream):
            each.shutdown()
            each.server_close()
