"""Finds the client's address behind proxies: X-Forwarded-For and -Proto count only from trusted proxies."""

from collections.abc import Awaitable, Callable
from functools import partial
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

SCHEME = "CRYPTOTRADER_SCHEME"
"""The key that SECURE_PROXY_SSL_HEADER reads. Clients can't set it: their headers have keys with HTTP_…."""

Address = IPv4Address | IPv6Address
Scope = dict[str, Any]
Application = Callable[[Scope, Any, Any], Awaitable[None]]


def parse_address(text: str) -> Address | None:
    """Returns the address in one hop of X-Forwarded-For, with or without a port; None if there is none."""
    text = text.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ip_address(text)
    except ValueError:
        return None
    if isinstance(address, IPv6Address):
        return address.ipv4_mapped or (None if address.scope_id else address)
    return address


def is_trusted(address: Address | None) -> bool:
    """Whether this is one of the operator's proxies (TRUSTED_PROXIES)."""
    return address is not None and any(address in network for network in settings.TRUSTED_PROXIES)


def client_address(peer: str, forwarded: str) -> str:
    """Returns the client's address: from our neighbour outwards, the first hop that isn't a trusted proxy.

    If a hop isn't an address, it returns the trusted proxy that wrote it: the last known address.
    """
    client = parse_address(peer)
    if client is None or not is_trusted(client):
        return peer
    for hop in reversed(forwarded.split(",")):
        address = parse_address(hop)
        if address is None:
            break
        client = address
        if not is_trusted(client):
            break
    return str(client)


def came_by_tls(peer: str, forwarded_proto: str) -> bool:
    """Whether a trusted proxy says that the client used HTTPS."""
    return forwarded_proto.strip().lower() == "https" and is_trusted(parse_address(peer))


class ProxyMiddleware:
    """Sets REMOTE_ADDR to the client's own address. The headers stay: metrics check for the presence of a proxy."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        peer = request.META.get("REMOTE_ADDR") or ""
        if came_by_tls(peer, request.headers.get("X-Forwarded-Proto", "")):
            request.META[SCHEME] = "https"
        request.META["REMOTE_ADDR"] = client_address(peer, request.headers.get("X-Forwarded-For", ""))
        return self.get_response(request)


def behind_proxies(application: Application) -> Application:
    """Does the same for sockets: sets `client` and `scheme` of their scope."""

    async def unveiled(scope: Scope, receive: Any, send: Any) -> None:
        value = partial(_header, scope)
        peer = (scope.get("client") or ("", 0))[0]
        scheme = "wss" if came_by_tls(peer, value(b"x-forwarded-proto")) else scope.get("scheme", "ws")
        client = (client_address(peer, value(b"x-forwarded-for")), 0)
        await application({**scope, "client": client, "scheme": scheme}, receive, send)

    return unveiled


def _header(scope: Scope, name: bytes) -> str:
    return ",".join(value.decode("latin-1") for key, value in scope["headers"] if key == name)
