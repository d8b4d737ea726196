"""One line of the log for each request, with the id that goes in and out as X-Request-ID."""

import logging
import sys
from collections.abc import Callable
from http import HTTPStatus
from time import perf_counter
from typing import Any

import structlog
from django.conf import settings
from django.core.signals import got_request_exception
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.functional import LazyObject, empty

from accounts.domain.access.scopes import KeyAccess
from cryptotrader.logs.request_id import HEADER, request_id_of
from cryptotrader.logs.told import mark_told, promise_line
from cryptotrader.requests.routes import match_of
from cryptotrader.telemetry import Span, tracing

log = structlog.get_logger(__name__)

QUIET = ("/api/health", "/health/", "/metrics", "/api/metrics", settings.STATIC_URL)
"""Probes, metrics and files: nobody reads of each of them, so their level is DEBUG while nothing fails."""
ROUTE_IDS = ("trade_id", "deposit_id", "withdrawal_id", "beneficiary_id")


class RequestLineMiddleware:
    """Comes first: it sees every request and every answer, also those that go no further."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response
        got_request_exception.connect(_keep_error)

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        began = perf_counter()
        request_id = request_id_of(request.META.get("HTTP_X_REQUEST_ID"))  # `headers` costs more
        promise_line(request)
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request_id)
        try:
            with tracing().request(request.META.get("HTTP_TRACEPARENT", "")) as span:
                if span.trace_id:
                    structlog.contextvars.bind_contextvars(trace_id=span.trace_id)
                response = self.get_response(request)
                _tell(request, response, (perf_counter() - began) * 1000, span)
        finally:
            structlog.contextvars.clear_contextvars()
        response.headers[HEADER] = request_id
        return response


def _keep_error(request: HttpRequest | None = None, **_: object) -> None:
    if request is not None:
        request.log_error = sys.exc_info()[1]  # type: ignore[attr-defined]


def _tell(request: HttpRequest, response: HttpResponseBase, milliseconds: float, span: Span) -> None:
    error = getattr(request, "log_error", None)
    is_quiet = getattr(request, "log_quietly", False) or request.path.startswith(QUIET)
    level = level_of(response.status_code, milliseconds, error, is_quiet=is_quiet)
    facts = _facts(request, response) | {"milliseconds": round(milliseconds, 1)}
    span.finish(f"{facts['method']} {facts.get('route', '')}", structlog.contextvars.get_contextvars() | facts, error)
    if error is not None and response.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
        facts["exc_info"] = error
    log.log(level, "request", **facts)
    if error is not None:
        mark_told(error)


def level_of(status: int, milliseconds: float, error: BaseException | None, *, is_quiet: bool = False) -> int:
    """Returns the level of the line of a request with this answer."""
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR and (error is not None or status != HTTPStatus.SERVICE_UNAVAILABLE):
        return logging.ERROR
    if is_quiet:
        return logging.DEBUG
    return logging.WARNING if milliseconds >= settings.LOG_SLOW_MILLISECONDS else logging.INFO


def _facts(request: HttpRequest, response: HttpResponseBase) -> dict[str, Any]:
    match = match_of(request)
    ids = {name: match.kwargs[name] for name in ROUTE_IDS if name in match.kwargs} if match else {}
    facts = {
        "method": request.method if request.method in _METHODS else "other",
        "route": f"/{match.route.removeprefix('^')}" if match else None,
        "status": response.status_code,
        "code": getattr(response, "problem_code", None),
        "reason": getattr(request, "log_reason", None),
        "network": request.META.get("REMOTE_ADDR") or None,  # the field keeps no more than its network
        **_caller(request),
        **ids,
    }
    return {name: value for name, value in facts.items() if value is not None}


_METHODS = frozenset(("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"))


def _caller(request: HttpRequest) -> dict[str, Any]:
    """The person and the key of the request, if anybody has asked for them: a line must not read the database."""
    user: Any = getattr(request, "user", None)
    if user is None or (isinstance(user, LazyObject) and user._wrapped is empty):
        return {}
    access = getattr(request, "auth", None)
    return {"user_id": user.pk, "api_key_id": access.id if isinstance(access, KeyAccess) else None}
