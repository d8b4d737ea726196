"""Renders refusals and errors: as RFC 9457 problem+json for programs, as pages for people."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

import structlog
from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.db import OperationalError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import exception_handler

from accounts.domain.errors import Refusal, mark

CONTENT_TYPE = "application/problem+json"
PROGRAMS = ("/api/", "/_allauth/", "/udf/")
"""Programs call these addresses and get problem documents; people open the others."""
log = structlog.get_logger(__name__)


CODES = {
    400: ("invalid-input", mark("The request is not valid")),
    401: ("not-authenticated", mark("Sign in or send a valid token")),
    403: ("forbidden", mark("You may not do this")),
    404: ("not-found", mark("Not found")),
    405: ("method-not-allowed", mark("This address doesn't accept this method")),
    406: ("not-acceptable", mark("There is no such representation")),
    413: ("body-too-large", mark("The request body is too large")),
    415: ("unsupported-media-type", mark("Send the body as application/json")),
    429: ("too-many-requests", mark("Too many requests")),
    500: ("server-error", mark("Something went wrong on our side")),
    503: ("unavailable", mark("Too busy at the moment: try again in a few seconds")),
}


def problem_of(refusal: Refusal) -> dict[str, Any]:
    """Returns a refusal as the fields of a problem document, its title in the reader's language."""
    body: dict[str, Any] = {
        "type": f"/docs/problems#{refusal.code}",
        "title": gettext(refusal.title),
        "status": refusal.status,
        "code": refusal.code,
        "detail": refusal.detail,
        **refusal.extra,
    }
    if refusal.fields:
        body["errors"] = [{"field": f.field, "code": f.code, "message": f.message} for f in refusal.fields]
    return body


def _problem(status: int, detail: str = "") -> dict[str, Any]:
    code, title = CODES.get(status, (HTTPStatus(status).phrase.lower().replace(" ", "-"), HTTPStatus(status).phrase))
    problem = {"type": f"/docs/problems#{code}", "title": gettext(title), "status": status, "code": code}
    return problem | {"detail": detail}


def _with_request_id(body: dict[str, Any]) -> dict[str, Any]:
    return body | {"request_id": structlog.contextvars.get_contextvars().get("request_id")}


def handle(error: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's exception handler: turns every refusal and error of a request into a problem document."""
    if isinstance(error, Refusal):
        body: dict[str, Any] = problem_of(error)
        headers: dict[str, str] = {}
        if error.retry_after_seconds is not None:
            headers["Retry-After"] = str(error.retry_after_seconds)
    elif isinstance(error, RequestDataTooBig):
        body, headers = _problem(413), {}
    elif isinstance(error, OperationalError):
        # No free connection, or no database. The client can send an order again: it has its key.
        log.error("database unavailable", exc_info=error)
        body, headers = _problem(503), {"Retry-After": "2"}
    else:
        response = exception_handler(error, context)
        if response is None:
            return None
        detail = str(error.detail) if isinstance(error, exceptions.APIException) else ""
        body, headers = _problem(response.status_code, detail), dict(response.headers)
    if body["status"] == HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = "Bearer"
    headers.pop("Content-Type", None)
    return Response(_with_request_id(body), status=body["status"], headers=headers, content_type=CONTENT_TYPE)


def _answer(request: HttpRequest, status: int) -> HttpResponse:
    if request.path.startswith(PROGRAMS):
        return JsonResponse(_with_request_id(_problem(status)), status=status, content_type=CONTENT_TYPE)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        # Without the request: reading its session and user needs the database, which may be down.
        return HttpResponse(render_to_string(f"{status}.html"), status=status)
    return render(request, f"{status}.html", status=status)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _answer(request, 400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _answer(request, 403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _answer(request, 404)


def server_error(request: HttpRequest) -> HttpResponse:
    return _answer(request, 500)


def unavailable(request: HttpRequest) -> HttpResponse:
    """The answer to a request that finds no free connection."""
    answer = _answer(request, 503)
    answer.headers["Retry-After"] = "2"
    return answer


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return _answer(request, 403)


class RefusalMiddleware:
    """Turns a refusal raised outside DRF (a page, a late form) into a response instead of a server error."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if settings.DEBUG and response.status_code == HTTPStatus.NOT_FOUND and request.resolver_match is None:
            return not_found(request)  # instead of Django's list of addresses: developers see the users' page
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, OperationalError):
            log.error("database unavailable", exc_info=exception)
            return unavailable(request)
        if settings.DEBUG and isinstance(exception, Http404):
            return not_found(request)
        if not isinstance(exception, Refusal):
            return None
        if request.path.startswith(PROGRAMS):
            body = _with_request_id(problem_of(exception))
            return JsonResponse(body, status=exception.status, content_type=CONTENT_TYPE)
        context = {"title": gettext(exception.title), "detail": exception.detail}
        return render(request, "refusal.html", context, status=exception.status)
