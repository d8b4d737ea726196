"""Tells the database's audit triggers the user and the origin of each change that a request makes."""

from collections.abc import Callable
from typing import Any

import pghistory
import structlog
from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.encoding import escape_uri_path

from accounts.domain.access.secret_paths import without_key

ORDERS = {"/api/v1/flash-trades", "/api/flash-trades"}
"""An order changes no audited row and must stay fast."""


class Origin:
    """The user of a request. It is read when a statement is sent: REST authenticates late, and some pages never do."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request
        self._asking = False

    @property
    def user_id(self) -> int | None:
        if self._asking:  # reading the session may itself write
            return None
        self._asking = True
        try:
            user = getattr(self.request, "user", None)
            return user.pk if user is not None and user.is_authenticated else None
        finally:
            self._asking = False


class ContextEncoder(DjangoJSONEncoder):
    """Writes the user's id in place of the origin."""

    def default(self, o: Any) -> Any:
        return o.user_id if isinstance(o, Origin) else super().default(o)


class AuditContextMiddleware:
    """Runs after the authentication and after the request id is set."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.method == "POST" and request.path in ORDERS:
            return self.get_response(request)
        context = {
            "user": Origin(request),
            "address": request.META.get("REMOTE_ADDR"),
            "method": request.method,
            "path": escape_uri_path(without_key(request.path)),
            "request": structlog.contextvars.get_contextvars().get("request_id"),
        }
        with pghistory.context(**context):
            return self.get_response(request)
