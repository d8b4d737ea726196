"""Keeps database connections free for market data: requests that wait for a lock must not take everything down."""

from collections.abc import Callable
from threading import BoundedSemaphore

from django.conf import settings
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import Resolver404, resolve

from cryptotrader.problems import unavailable
from monitoring.web import health, metrics
from trading.api.market import Public
from trading.gateway.door import MAY_WAIT_FOR_LOCKS

ON_THEIR_OWN = (health.__name__, metrics.__name__)

SHARE = 4
"""One connection in four is for market data only."""


def is_public(request: HttpRequest) -> bool:
    """Whether the view reads market data, as nobody in particular, or has a connection of its own, as health."""
    try:
        match = resolve(request.path_info)
    except Resolver404:
        return True  # the answer needs no database
    request.found = match  # type: ignore[attr-defined]  # for the handler: to look twice costs as much as the view
    view = match.func
    kind = getattr(view, "cls", None)
    return view.__module__ in ON_THEIR_OWN or (isinstance(kind, type) and issubclass(kind, Public))


class BulkheadMiddleware:
    """Lets only three quarters of the connections be used by requests that may wait for locks.

    The others wait here, as they would for a connection, and then get 503.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        pool = settings.DATABASES["default"]["OPTIONS"]["pool"]
        self.get_response = get_response
        self._wait_seconds = float(pool["timeout"])
        places = pool["max_size"] - max(1, pool["max_size"] // SHARE)
        self._places = BoundedSemaphore(max(1, places))
        # Under ASGI the order gateway is in the same process: its orders and closes wait for locks too.
        self._places_beside_the_gateway = BoundedSemaphore(max(1, places - MAY_WAIT_FOR_LOCKS))

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if is_public(request):
            return self.get_response(request)
        places = self._places_beside_the_gateway if isinstance(request, ASGIRequest) else self._places
        if not places.acquire(timeout=self._wait_seconds):
            return unavailable(request)
        try:
            return self.get_response(request)
        finally:
            places.release()
