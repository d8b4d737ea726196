"""Who really asks, when proxies stand in between: X-Forwarded-For and -Proto count only from proxies that we trust."""

from collections.abc import Awaitable, Callable
from functools import partial
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

SCHEME = "CRYPTOTRADER_SCHEME"
"""Where SECURE_PROXY_SSL_HEADER looks. No client can write it: what clients send is called HTTP_… there."""

Address = IPv4Address | IPv6Address
Scope = dict[str, Any]
Application = Callable[[Scope, Any, Any], Awaitable[None]]


def parse_address(text: str) -> Address | None:
    """The address in one hop of X-Forwarded-For, with or without a port; None when there is none."""
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
    """Whose request it is: from our neighbour outwards, the first hop that is no trusted proxy.

    Where a hop is no address, the trusted proxy that wrote it down is the last one we know.
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
    """Whether a trusted proxy says that the client spoke HTTPS."""
    return forwarded_proto.strip().lower() == "https" and is_trusted(parse_address(peer))


class ProxyMiddleware:
    """Makes REMOTE_ADDR the client's own address. The headers stay: metrics look whether there was any proxy."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        peer = request.META.get("REMOTE_ADDR") or ""
        if came_by_tls(peer, request.headers.get("X-Forwarded-Proto", "")):
            request.META[SCHEME] = "https"
        request.META["REMOTE_ADDR"] = client_address(peer, request.headers.get("X-Forwarded-For", ""))
        return self.get_response(request)


def behind_proxies(application: Application) -> Application:
    """The same for sockets: `client` and `scheme` of their scope."""

    async def unveiled(scope: Scope, receive: Any, send: Any) -> None:
        value = partial(_header, scope)
        peer = (scope.get("client") or ("", 0))[0]
        scheme = "wss" if came_by_tls(peer, value(b"x-forwarded-proto")) else scope.get("scheme", "ws")
        client = (client_address(peer, value(b"x-forwarded-for")), 0)
        await application({**scope, "client": client, "scheme": scheme}, receive, send)

    return unveiled


def _header(scope: Scope, name: bytes) -> str:
    return ",".join(value.decode("latin-1") for key, value in scope["headers"] if key == name)
