"""Django's handlers, with requests that can always be made.

Django reads the content type, and with it the query string, while it makes the request object. What it throws there
reaches no middleware: the server would answer with a bare 500. Here it is kept, and `ReadingMiddleware` refuses it.
"""

from collections.abc import Mapping
from typing import Any

import django
from asgiref.sync import sync_to_async
from django.core import signals
from django.core.handlers.asgi import ASGIHandler, ASGIRequest
from django.core.handlers.base import BaseHandler
from django.core.handlers.wsgi import WSGIHandler, WSGIRequest
from django.http import HttpRequest
from django.urls import ResolverMatch
from django.utils.http import parse_header_parameters


class _Readable:
    """Everything is UTF-8 here: a charset doesn't change how the query string is read."""

    unreadable: Exception | None = None
    """The error of a content type that can't be read."""

    content_type: str | None = None
    content_params: dict[str, str] | None = None

    def _set_content_type_params(self, meta: Mapping[str, Any]) -> None:
        self.content_type, self.content_params = "", {}
        try:
            self.content_type, self.content_params = parse_header_parameters(meta.get("CONTENT_TYPE", ""))
        except Exception as error:
            self.unreadable = error


class ReadableASGIRequest(_Readable, ASGIRequest):
    pass


class ReadableWSGIRequest(_Readable, WSGIRequest):
    pass


class _Resolved(BaseHandler):
    """Takes the view that a middleware has found already."""

    def resolve_request(self, request: HttpRequest) -> ResolverMatch:
        found: ResolverMatch | None = getattr(request, "found", None)
        if found is None:
            return super().resolve_request(request)
        request.resolver_match = found
        return found


class _ASGIHandler(_Resolved, ASGIHandler):
    request_class = ReadableASGIRequest

    def load_middleware(self, is_async: bool = False) -> None:
        """The whole chain is synchronous, and a request goes through it and its view in one thread at one go.

        Django's own chain is part asynchronous: each change costs two switches of threads, the most of a small request.
        """
        super().load_middleware(is_async=False)
        chain: Any = self._middleware_chain  # type: ignore[has-type]
        self._middleware_chain = sync_to_async(chain, thread_sensitive=True)

    async def handle(self, scope: Any, receive: Any, send: Any) -> None:
        """Ends a request also when no answer comes of it: its error page failed, or its stream did midway.

        Django tells that a request has finished only after an answer. Without that, the request's connection would
        never go back to the pool, and each such request would leave one less for all others.
        """
        try:
            await super().handle(scope, receive, send)
        except BaseException:
            await signals.request_finished.asend(sender=self.__class__)
            raise


class _WSGIHandler(_Resolved, WSGIHandler):
    request_class = ReadableWSGIRequest


def asgi_handler() -> ASGIHandler:
    """Sets Django up, and returns its handler of HTTP requests for ASGI."""
    django.setup(set_prefix=False)
    return _ASGIHandler()


def wsgi_handler() -> WSGIHandler:
    """The same for WSGI."""
    django.setup(set_prefix=False)
    return _WSGIHandler()
