"""One ASGI application for pages, API and sockets."""

import gc
import os
import string
from typing import Any
from urllib.parse import quote

from channels.routing import ProtocolTypeRouter

from cryptotrader.requests.handlers import asgi_handler

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cryptotrader.settings")
http = asgi_handler()

from accounts.rest.sent import QUERY  # noqa: E402  (needs the apps that the line above loads)
from cryptotrader.logs.sockets import with_lines  # noqa: E402
from cryptotrader.middleware.proxies import behind_proxies  # noqa: E402
from cryptotrader.requests.bodies import with_bounded_bodies  # noqa: E402
from cryptotrader.requests.fast_door import GatewaySite  # noqa: E402
from trading.gateway.door import Gateway  # noqa: E402
from trading.streams.requests import with_requests  # noqa: E402
from trading.streams.routing import websocket  # noqa: E402

# What is loaded now stays to the end: collecting garbage among it would hold up all sockets, again and again.
gc.collect()
gc.freeze()

requests = with_bounded_bodies(Gateway(http, GatewaySite()))
by_protocol = ProtocolTypeRouter(
    {"http": requests, "websocket": with_requests(behind_proxies(with_lines(websocket)), requests)}
)


async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Serve at the root of the host.

    daphne takes another root from `Daphne-Root-Path`, a header that any client can send: with it, somebody could ask
    for the mail that resets another person's password, and have its link lead to a site of their own.
    """
    await by_protocol({**scope, "root_path": "", **_query(scope)}, receive, send)


def _query(scope: dict[str, Any]) -> dict[str, bytes]:
    """The query string in ASCII, as it should be sent: Django's request can't be made from other bytes."""
    if "query_string" not in scope:
        return {}
    sent = scope["query_string"]
    return {QUERY: sent, "query_string": quote(sent, safe=string.printable).encode()}
