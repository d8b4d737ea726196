"""The entrance of sockets: checks the origin, then the access (token in a header, else session), then the address."""

from collections.abc import Awaitable, Callable
from typing import Any

from channels.auth import AuthMiddlewareStack
from channels.routing import URLRouter
from channels.security.websocket import WebsocketDenier
from django.conf import settings
from django.urls import path, re_path

from accounts.domain.errors import Refusal
from trading.streams.access import Handshake, access_by_cookie, access_by_header, has_credential, header
from trading.streams.consumers import StreamConsumer, UnknownPath

Application = Callable[[Handshake, Any, Any], Awaitable[None]]


def same_origin(application: Application) -> Application:
    """Refuse sockets from another site's page, or from our own without TLS: the browser would send our cookies along.

    Programs pass. They send no Origin, or a credential in a header, which no page can; then a cookie means nothing.
    """

    async def checked(scope: Handshake, receive: Any, send: Any) -> None:
        origin = header(scope, b"origin")
        scheme = "https" if scope.get("scheme") == "wss" else "http"
        own = origin in (f"{scheme}://{header(scope, b'host')}", *settings.CSRF_TRUSTED_ORIGINS)
        if origin and not own and not has_credential(scope):
            application_for_this: Application = WebsocketDenier.as_asgi()
        else:
            application_for_this = application
        await application_for_this(scope, receive, send)

    return checked


def known_access(application: Application) -> Application:
    """Find the access of a socket: a token or a key in its headers, else its session. A bad credential is refused."""

    async def authenticated(scope: Handshake, receive: Any, send: Any) -> None:
        try:
            if has_credential(scope):
                scope["access"] = await access_by_header(header(scope, b"authorization"), scope)
            else:
                scope["access"] = access_by_cookie(scope)
        except Refusal:
            await WebsocketDenier.as_asgi()(scope, receive, send)
            return
        await application(scope, receive, send)

    return authenticated


routes = URLRouter([path("ws/v1", StreamConsumer.as_asgi()), re_path("", UnknownPath.as_asgi())])
websocket = same_origin(AuthMiddlewareStack(known_access(routes)))
