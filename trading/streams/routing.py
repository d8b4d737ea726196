"""How a socket comes in: its origin is checked, then who it is (token in a header, else session), then its address."""

from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlsplit

from channels.auth import AuthMiddlewareStack
from channels.db import database_sync_to_async
from channels.routing import URLRouter
from channels.security.websocket import WebsocketDenier
from django.conf import settings
from django.urls import path, re_path

from accounts.domain.errors import InvalidToken
from accounts.services.issue_tokens import user_of_token
from trading.streams.consumers import StreamConsumer, UnknownPath

Scope = dict[str, Any]
Application = Callable[[Scope, Any, Any], Awaitable[None]]


def header(scope: Scope, name: bytes) -> str:
    """A request header's value, empty when it isn't there."""
    return next((value.decode("latin-1") for key, value in scope["headers"] if key == name), "")


def same_origin(application: Application) -> Application:
    """Refuse sockets that another site's page opens: the browser would send our cookies along.

    Programs send no Origin and no cookies of somebody else, so they pass.
    """

    async def checked(scope: Scope, receive: Any, send: Any) -> None:
        origin = header(scope, b"origin")
        own = urlsplit(origin).netloc == header(scope, b"host") or origin in settings.CSRF_TRUSTED_ORIGINS
        if origin and not own:
            application_for_this: Application = WebsocketDenier.as_asgi()
        else:
            application_for_this = application
        await application_for_this(scope, receive, send)

    return checked


def token_user(application: Application) -> Application:
    """Whoever sends `Authorization: Bearer` is that token's user; a bad token is refused, not taken for a visitor."""

    async def authenticated(scope: Scope, receive: Any, send: Any) -> None:
        scheme, _, token = header(scope, b"authorization").partition(" ")
        if scheme.lower() == "bearer":
            try:
                scope["user"] = await database_sync_to_async(user_of_token)(token.strip())
            except InvalidToken:
                await WebsocketDenier.as_asgi()(scope, receive, send)
                return
        await application(scope, receive, send)

    return authenticated


routes = URLRouter([path("ws/v1", StreamConsumer.as_asgi()), re_path("", UnknownPath.as_asgi())])
websocket = same_origin(AuthMiddlewareStack(token_user(routes)))
