"""A small HTTP server for the metrics of this host, for processes that serve no pages. Any path has the same answer."""

import socket
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import structlog
from django.utils.datastructures import CaseInsensitiveMapping
from prometheus_client import CONTENT_TYPE_LATEST

from monitoring.host.neighbours import Networks, is_near

log = structlog.get_logger(__name__)
Address = tuple[str, int]


class Listener:
    """Listens at an address. Of several processes with the same one, the first listens; when it ends, another one."""

    def __init__(self, address: Address, networks: Networks, text: Callable[[], bytes]) -> None:
        self._address = address
        self._handler = _handler(networks, text)
        self._listens = False

    def try_once_more(self) -> None:
        """Listen, unless this process does already or another one has the address."""
        if self._listens:
            return
        try:
            server = _Server(self._address, self._handler)
        except OSError:
            return
        self._listens = True
        threading.Thread(target=server.serve_forever, name="metrics", daemon=True).start()
        log.info("metrics: listening", host=self._address[0], port=self._address[1])


class _Server(ThreadingHTTPServer):
    def __init__(self, address: Address, handler: type[BaseHTTPRequestHandler]) -> None:
        self.address_family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
        super().__init__(address, handler)


def _handler(networks: Networks, text: Callable[[], bytes]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        timeout = 5  # seconds that a caller may take to ask
        server_version, sys_version = "metrics", ""

        def do_GET(self) -> None:
            if not is_near(self.client_address[0], CaseInsensitiveMapping(self.headers.items()), networks):
                self.send_error(404)
                return
            body = text()
            self.send_response(200)
            self.send_header("Content-Type", CONTENT_TYPE_LATEST)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Each scrape is no event."""

    return Handler
