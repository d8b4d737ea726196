"""Stand-in for the collectors: an HTTP server that decodes what OpenTelemetry and Sentry send."""

import gzip
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import brotli
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

UNPACK = {"": bytes, "gzip": gzip.decompress, "br": brotli.decompress}


class Collector:
    """What has arrived."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self.dsn = f"http://public@127.0.0.1:{port}/1"
        self.spans: list[Any] = []
        self.events: list[dict[str, Any]] = []
        self.bodies: list[bytes] = []

    def take(self, path: str, body: bytes) -> None:
        self.bodies.append(body)
        if path == "/v1/traces":
            for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
                for scope in resource.scope_spans:
                    self.spans.extend(scope.spans)
        else:
            head, *items = body.split(b"\n")
            assert path == "/api/1/envelope/"
            assert json.loads(head)
            self.events += [json.loads(item) for item in items if b'"event_id"' in item]

    def named(self, name: str) -> list[Any]:
        return [span for span in self.spans if span.name == name]

    def __contains__(self, text: str) -> bool:
        return any(text.encode() in body for body in self.bodies)


@contextmanager
def collecting() -> Iterator[Collector]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            body = UNPACK[self.headers.get("Content-Encoding", "")](body)
            collector.take(self.path, body)
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            return

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        collector = Collector(server.server_port)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield collector
        finally:
            server.shutdown()
            thread.join()


def attributes_of(span: Any) -> dict[str, Any]:
    """A span's attributes as Python's values."""
    return {each.key: getattr(each.value, each.value.WhichOneof("value")) for each in span.attributes}
