"""A program that takes webhooks over HTTP on this machine, well or badly."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any

from accounts.tests.patience import PATIENCE_SECONDS


@dataclass
class Receiver:
    """`answers` decides about each request by its number; the default takes all."""

    port: int = 0
    answer: Callable[["Exchange"], None] = lambda exchange: exchange.answer(204)
    taken: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    ended: Event = field(default_factory=Event)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook"


class Exchange(BaseHTTPRequestHandler):
    """One request to the receiver."""

    receiver: Receiver

    def do_POST(self) -> None:
        content = self.rfile.read(int(self.headers["Content-Length"]))
        self.receiver.taken.append(({name.lower(): value for name, value in self.headers.items()}, content))
        self.receiver.answer(self)

    def answer(self, status: int, content: bytes = b"", **headers: str) -> None:
        self.send_response(status)
        self.send_header("Content-Length", headers.pop("length", str(len(content))))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def hang(self) -> None:
        """Answers nothing until the test is over."""
        self.receiver.ended.wait(PATIENCE_SECONDS)

    def babble(self) -> None:
        """Answers something that isn't HTTP."""
        self.wfile.write(b"hello\r\n\r\n")

    def drip(self) -> None:
        """Begins an answer whose body never ends."""
        self.send_response(200)
        self.end_headers()
        while not self.receiver.ended.is_set():
            try:
                self.wfile.write(b"x" * 1024)
            except OSError:
                return
            time.sleep(0.01)

    def log_message(self, *_: Any) -> None:
        pass


class _Server(ThreadingHTTPServer):
    request_queue_size = 128
    daemon_threads = True


@contextmanager
def receiver(answer: Callable[[Exchange], None] | None = None) -> Iterator[Receiver]:
    """Runs a receiver."""
    told = Receiver()
    if answer is not None:
        told.answer = answer
    server = _Server(("127.0.0.1", 0), type("Told", (Exchange,), {"receiver": told}))
    told.port = server.server_port
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield told
    finally:
        told.ended.set()
        server.shutdown()
        server.server_close()
        thread.join()
