"""A small BTCPay Server on 127.0.0.1: it implements the used part of the Greenfield API, and signs its webhooks."""

import hashlib
import hmac
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

from accounts.tests.patience import PATIENCE_SECONDS

STORE, API_KEY, SECRET = "the-store", "the-api-key", "the-webhook-secret"
EXPIRES = 1_900_000_000
Answer = tuple[int, bytes]


@dataclass
class BTCPayServer:
    """Its invoices and the requests it received. It answers with `broken` if set, and waits while `held` is clear."""

    url: str = ""
    invoices: dict[str, dict[str, Any]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    broken: Callable[[], Answer] | None = None
    held: Event = field(default_factory=Event)

    def pay(self, id: str, paid: str | None = None, status: str = "Settled", additional: str = "None") -> None:
        """Pays an invoice: the whole amount by default."""
        invoice = self.invoices[id]
        invoice |= {"status": status, "additionalStatus": additional, "paidAmount": paid or invoice["amount"]}

    def delivery(self, id: str, kind: str = "InvoiceSettled", **changed: object) -> bytes:
        """Returns a webhook's body about an invoice, with a new id."""
        body = {
            "deliveryId": uuid4().hex,
            "webhookId": "hook",
            "originalDeliveryId": uuid4().hex,
            "isRedelivery": False,
            "type": kind,
            "timestamp": 1_772_366_400,
            "storeId": STORE,
            "invoiceId": id,
            "metadata": {"orderId": self.invoices.get(id, {}).get("metadata", {}).get("orderId")},
        }
        return json.dumps(body | changed).encode()

    def answer(self, method: str, address: str, authorization: str, body: bytes) -> Answer:
        self.asked.append(f"{method} {address}")
        if self.broken is not None:
            return self.broken()
        if authorization != f"token {API_KEY}":
            return 401, b'{"code": "unauthenticated"}'
        path = urlsplit(address)
        root = f"/api/v1/stores/{STORE}/invoices"
        found: object
        if path.path == root:
            found = self._open(json.loads(body)) if method == "POST" else self._of_orders(parse_qs(path.query))
        else:
            found = self.invoices.get(path.path.removeprefix(f"{root}/"))
        return (200, json.dumps(found).encode()) if found is not None else (404, b'{"code": "invoice-not-found"}')

    def _open(self, wish: dict[str, Any]) -> dict[str, Any]:
        id = uuid4().hex[:22]
        self.invoices[id] = {
            "id": id,
            "storeId": STORE,
            "amount": wish["amount"],
            "paidAmount": "0.00",
            "currency": wish["currency"],
            "checkoutLink": f"{self.url}/i/{id}",
            "expirationTime": EXPIRES,
            "status": "New",
            "additionalStatus": "None",
            "metadata": wish["metadata"],
        }
        return self.invoices[id]

    def _of_orders(self, query: dict[str, list[str]]) -> list[dict[str, Any]]:
        orders = query.get("orderId", [])
        return [each for each in self.invoices.values() if not orders or each["metadata"]["orderId"] in orders]


def signature(body: bytes, secret: str = SECRET) -> str:
    """Returns the value of the header BTCPay-Sig."""
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


@contextmanager
def running() -> Iterator[BTCPayServer]:
    """Runs a server on a free port until the block ends."""
    btcpay = BTCPayServer()
    btcpay.held.set()

    class Handler(BaseHTTPRequestHandler):
        def _serve(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            status, content = btcpay.answer(self.command, self.path, self.headers.get("Authorization", ""), body)
            btcpay.held.wait(PATIENCE_SECONDS)
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            if status == 302:
                self.send_header("Location", f"{btcpay.url}/elsewhere")
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = _serve  # noqa: N815  # the library's names

        def log_message(self, format: str, *args: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads, request_queue_size = True, 128

        def handle_error(self, request: object, client_address: object) -> None:
            """A client that disconnects during a held response is intended by a test."""

    server = Server(("127.0.0.1", 0), Handler)
    btcpay.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield btcpay
    finally:
        btcpay.held.set()
        server.shutdown()
        thread.join()
        server.server_close()
