"""Who and from where: what the database's audit triggers write down beside each change that a request makes."""

from collections.abc import Callable
from typing import Any

import pghistory
import structlog
from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.encoding import escape_uri_path

ORDERS = {"/api/v1/flash-trades", "/api/flash-trades"}
"""Taking an order writes nothing that is audited, and must stay quick."""


class Origin:
    """Whose request it is. Read when a statement is sent: REST learns it late, a page may never need it."""

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
    """Puts the user's id where the origin is."""

    def default(self, o: Any) -> Any:
        return o.user_id if isinstance(o, Origin) else super().default(o)


class AuditContextMiddleware:
    """After the authentication and the request id."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.method == "POST" and request.path in ORDERS:
            return self.get_response(request)
        context = {
            "user": Origin(request),
            "address": request.META.get("REMOTE_ADDR"),
            "method": request.method,
            "path": escape_uri_path(request.path),
            "request": structlog.contextvars.get_contextvars().get("request_id"),
        }
        with pghistory.context(**context):
            return self.get_response(request)
