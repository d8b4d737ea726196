"""Renders refusals and errors: as RFC 9457 problem+json for programs, as pages for people."""

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any, TypeVar

import structlog
from django.conf import settings
from django.core.exceptions import BadRequest, RequestDataTooBig, SuspiciousOperation
from django.db import OperationalError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.multipartparser import MultiPartParserError
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import exception_handler

from accounts.domain.errors import Refusal, UnsupportedEncoding, mark
from accounts.wire.problems import CONTENT_TYPE, problem_of

PROGRAMS = ("/api/", "/_allauth/", "/udf/", "/.well-known/")
"""Programs call these addresses and get problem documents; people open the others."""
UNREADABLE = (SuspiciousOperation, BadRequest, MultiPartParserError)
"""Django's errors about a request that it can't read."""

log = structlog.get_logger(__name__)
Answer = TypeVar("Answer", bound=HttpResponse)

BARE_PAGES = {400: 400, 408: 400, 413: 400}
"""Pages for a request that nothing else has looked at yet, or can look at."""

CODES = {
    400: ("invalid-input", mark("The request is not valid")),
    401: ("not-authenticated", mark("Sign in or send a valid token")),
    403: ("forbidden", mark("You may not do this")),
    404: ("not-found", mark("Not found")),
    405: ("method-not-allowed", mark("This address doesn't accept this method")),
    406: ("not-acceptable", mark("There is no such representation")),
    408: ("body-too-slow", mark("The request body didn't arrive in time")),
    409: ("conflict", mark("This doesn't fit the state of your session")),
    410: ("session-ended", mark("This session has ended: sign in again")),
    413: ("body-too-large", mark("The request body is too large")),
    415: ("unsupported-media-type", mark("Send the body as application/json")),
    429: ("too-many-requests", mark("Too many requests")),
    500: ("server-error", mark("Something went wrong on our side")),
    503: ("unavailable", mark("Too busy at the moment: try again in a few seconds")),
}


def problem_of_status(status: int, detail: str = "") -> dict[str, Any]:
    """Returns the fields of a problem document without a refusal, for an HTTP status."""
    code, title = CODES.get(status, (HTTPStatus(status).phrase.lower().replace(" ", "-"), HTTPStatus(status).phrase))
    problem = {"type": f"/docs/problems#{code}", "title": gettext(title), "status": status, "code": code}
    return problem | {"detail": detail}


def _with_request_id(body: dict[str, Any]) -> dict[str, Any]:
    return body | {"request_id": structlog.contextvars.get_contextvars().get("request_id")}


def _with_code(answer: Answer, code: str) -> Answer:
    """Marks the answer for its line in the log."""
    answer.problem_code = code  # type: ignore[attr-defined]
    return answer


def handle(error: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's exception handler: turns every refusal and error of a request into a problem document."""
    if isinstance(error, Refusal):
        body, headers = problem_of(error), _headers_of(error)
    elif isinstance(error, UNREADABLE):
        body, headers = problem_of_status(413 if isinstance(error, RequestDataTooBig) else 400), {}
    elif isinstance(error, OperationalError):
        # No free connection, or no database. The client can send an order again: it has its key.
        log.error("database unavailable", exc_info=error)
        body, headers = problem_of_status(503), {"Retry-After": "2"}
    else:
        response = exception_handler(error, context)
        if response is None:
            return None
        detail = str(error.detail) if isinstance(error, exceptions.APIException) else ""
        body, headers = problem_of_status(response.status_code, detail), dict(response.headers)
    headers = _with_challenge(body, headers)
    if body["code"] == "unsupported-media-type":
        headers["Accept"] = "application/json"
    headers.pop("Content-Type", None)
    answer = Response(_with_request_id(body), status=body["status"], headers=headers, content_type=CONTENT_TYPE)
    return _with_code(answer, body["code"])


def _headers_of(refusal: Refusal) -> dict[str, str]:
    if isinstance(refusal, UnsupportedEncoding):
        return {"Accept-Encoding": "identity"}  # RFC 9110: it tells this 415 from that of another media type
    seconds = refusal.retry_after_seconds
    return {} if seconds is None else {"Retry-After": str(seconds)}


def _with_challenge(body: Mapping[str, Any], headers: Mapping[str, str]) -> dict[str, str]:
    return {**headers, **({"WWW-Authenticate": "Bearer"} if body["status"] == HTTPStatus.UNAUTHORIZED else {})}


def problem_answer(body: dict[str, Any], headers: Mapping[str, str] | None = None) -> HttpResponse:
    """Returns a problem document as an answer outside DRF."""
    headers = _with_challenge(body, headers or {})
    answer = JsonResponse(_with_request_id(body), status=body["status"], content_type=CONTENT_TYPE, headers=headers)
    return _with_code(answer, body["code"])


def answer_status(request: HttpRequest, status: int, detail: str = "") -> HttpResponse:
    """Returns the answer of an HTTP status: a problem document for programs, a page for people.

    Pages of 4xx need a finished request; others get by without session, user and database.
    """
    if request.path.startswith(PROGRAMS):
        return problem_answer(problem_of_status(status, detail))
    if status in BARE_PAGES or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return HttpResponse(render_to_string(f"{BARE_PAGES.get(status, status)}.html"), status=status)
    return render(request, f"{status}.html", status=status)


def answer_refusal(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """Returns a refusal: as a problem document for programs, as a page for people."""
    if request.path.startswith(PROGRAMS):
        return problem_answer(problem_of(refusal), _headers_of(refusal))
    context = {"title": gettext(refusal.title), "detail": refusal.detail}
    page = render_to_string("refusal.html", context)
    answer = HttpResponse(page, status=refusal.status, headers=_headers_of(refusal))
    return _with_code(answer, refusal.code)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return answer_status(request, 400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return answer_status(request, 403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return answer_status(request, 404)


def server_error(request: HttpRequest) -> HttpResponse:
    return answer_status(request, 500)


def unavailable(request: HttpRequest) -> HttpResponse:
    """The answer to a request that finds no free connection."""
    answer = answer_status(request, 503)
    answer.headers["Retry-After"] = "2"
    return answer


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return answer_status(request, 403)


def with_a_problem(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """Gives a program's address a problem document instead of a bare refusal, such as Django's own 405."""
    is_bare = response.status_code >= HTTPStatus.BAD_REQUEST and "json" not in response.headers.get("Content-Type", "")
    if not is_bare or not request.path.startswith(PROGRAMS):
        return response
    kept = {name: value for name, value in response.headers.items() if name in ("Allow", "Retry-After")}
    return problem_answer(problem_of_status(response.status_code), kept)


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
        if isinstance(exception, UNREADABLE):  # by itself Django shows developers a page that is long in the making
            return answer_status(request, 400)
        return answer_refusal(request, exception) if isinstance(exception, Refusal) else None
