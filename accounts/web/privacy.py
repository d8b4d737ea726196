"""Keeps answers out of caches: a shared computer's disk, a proxy on the way, the page behind the back button."""

from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase


class NoStoreMiddleware:
    """Marks every answer `no-store`, unless its view has called it public: market data, keys. Static files pass before.

    By default, because a page that nobody thought of as personal shows the reader's email in its header.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        directives = response.get("Cache-Control", "")
        if "no-store" not in directives and "public" not in directives:
            response["Cache-Control"] = "no-store"
        return response
