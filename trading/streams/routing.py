"""The entrance of sockets: checks the origin, then the access (token in a header, else session), then the address."""

from collections.abc import Awaitable, Callable
from contextlib import nullcontext
from typing import Any

import structlog
from channels.routing import URLRouter
from channels.security.websocket import WebsocketDenier
from django.conf import settings
from django.urls import path, re_path

from accounts.domain.access.attempts import network_of
from accounts.domain.channels import compact_json
from accounts.domain.errors import Refusal, TooManyRequests
from accounts.wire.problems import CONTENT_TYPE, problem_of
from trading.streams.access import (
    Access,
    Handshake,
    access_by_cookie,
    access_by_header,
    check_handshake,
    has_credential,
    header,
)
from trading.streams.consumers import StreamConsumer
from trading.streams.door import door
from trading.streams.limits import NoPlace, places
from trading.streams.unknown_path import UnknownPath

Application = Callable[[Handshake, Any, Any], Awaitable[None]]


def same_origin(application: Application) -> Application:
    """Refuse sockets from another site's page, or from our own without TLS: the browser would send our cookies along.

    Programs pass. They send no Origin, or a credential in a header, which no page can; then a cookie means nothing.
    """

    async def checked(scope: Handshake, receive: Any, send: Any) -> None:
        origin = header(scope, "origin")
        scheme = "https" if scope.get("scheme") == "wss" else "http"
        own = origin in (f"{scheme}://{header(scope, 'host')}", *settings.CSRF_TRUSTED_ORIGINS)
        if origin and not own and not has_credential(scope):
            application_for_this: Application = WebsocketDenier.as_asgi()
        else:
            application_for_this = application
        await application_for_this(scope, receive, send)

    return checked


def in_turn(application: Application) -> Application:
    """Let sockets in one after the other."""

    async def waited(scope: Handshake, receive: Any, send: Any) -> None:
        await door().enter()
        await application(scope, receive, send)

    return waited


def known_access(application: Application) -> Application:
    """Find the access of a socket: a token or a key in its headers, else its session. A bad credential is refused."""

    async def authenticated(scope: Handshake, receive: Any, send: Any) -> None:
        try:
            if has_credential(scope):
                scope["access"] = await access_by_header(header(scope, "authorization"), scope)
            else:
                scope["access"] = await access_by_cookie(scope)
        except Refusal:
            await WebsocketDenier.as_asgi()(scope, receive, send)
            return
        await application(scope, receive, send)

    return authenticated


def limited(application: Application, owner_of: Callable[[Handshake], tuple[str, int] | None]) -> Application:
    """Refuse a socket whose owner, an address or a person, has enough of them in this process."""

    async def placed(scope: Handshake, receive: Any, send: Any) -> None:
        owner = owner_of(scope)
        try:
            with places().one_for(*owner) if owner else nullcontext():
                await application(scope, receive, send)
        except NoPlace:
            await _deny(scope, receive, send, TooManyRequests("Too many open sockets"))

    return placed


def _address(scope: Handshake) -> tuple[str, int]:
    return f"address {network_of((scope.get('client') or [''])[0])}", settings.SOCKETS_PER_ADDRESS


def _person(scope: Handshake) -> tuple[str, int] | None:
    access: Access | None = scope["access"]
    return (f"person {access.user_id}", settings.SOCKETS_PER_PERSON) if access else None


def plain(application: Application) -> Application:
    """Refuse a handshake with two credentials, with one that we don't know, or with parameters, and name them."""

    async def checked(scope: Handshake, receive: Any, send: Any) -> None:
        try:
            check_handshake(scope)
        except Refusal as refusal:
            await _deny(scope, receive, send, refusal)
        else:
            await application(scope, receive, send)

    return checked


async def _deny(scope: Handshake, receive: Any, send: Any, refusal: Refusal) -> None:
    """The refusal as a problem document, or 403 from a server that knows no other answer to a handshake."""
    if "websocket.http.response" not in scope.get("extensions", {}):
        await WebsocketDenier.as_asgi()(scope, receive, send)
        return
    headers = [(b"content-type", CONTENT_TYPE.encode())]
    if refusal.retry_after_seconds is not None:
        headers.append((b"retry-after", str(refusal.retry_after_seconds).encode()))
    await send({"type": "websocket.http.response.start", "status": refusal.status, "headers": headers})
    problem = problem_of(refusal) | {"request_id": structlog.contextvars.get_contextvars().get("request_id")}
    await send({"type": "websocket.http.response.body", "body": compact_json(problem).encode()})


routes = URLRouter([path("ws/v1", StreamConsumer.as_asgi()), re_path("", UnknownPath.as_asgi())])
websocket = plain(same_origin(limited(in_turn(known_access(limited(routes, _person))), _address)))
