"""Turns the refusals of allauth's own doors (`/_allauth/`) into problem documents that keep allauth's members.

And the bare refusals of Django itself at the other addresses of programs.
"""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from accounts.domain.access.scopes import ReauthenticationRequired, SecondFactorRequired
from accounts.domain.errors import TooManyRequests
from accounts.domain.json_text import NotJson, read_json
from accounts.wire.problems import CONTENT_TYPE, problem_of
from cryptotrader.problems import problem_answer, problem_of_status, with_a_problem


class AllauthProblemsMiddleware:
    """It comes last, so that it sees each answer while the logs still know the request's id."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if not request.path.startswith("/_allauth/"):
            return with_a_problem(request, response)
        if response.status_code < HTTPStatus.BAD_REQUEST:
            return response
        is_problem = response.headers.get("Content-Type") == CONTENT_TYPE
        return response if is_problem or not isinstance(response, HttpResponse) else _problem(response)


def _problem(response: HttpResponse) -> HttpResponse:
    """The same refusal as a problem: `data` and `meta` stay, an app needs them, and so do `code` and `param` of errors.

    allauth limits rates by several windows and doesn't say which one is full: the shortest one is a minute.
    """
    told = _told(response)
    headers = {
        name: value for name, value in response.headers.items() if name not in ("Content-Type", "Content-Length")
    }
    if response.status_code == HTTPStatus.TOO_MANY_REQUESTS:
        headers.setdefault("Retry-After", str(TooManyRequests.retry_after_seconds))
    kept = {name: told[name] for name in ("data", "meta") if name in told}
    errors = [{"field": error.get("param", ""), **error} for error in told.get("errors", [])]
    body = _body(response.status_code, told) | kept | ({"errors": errors} if errors else {})
    problem = problem_answer(body, headers)
    problem.cookies = response.cookies
    return problem


def _told(response: HttpResponse) -> dict[str, Any]:
    try:
        told = read_json(response.content, parse_fraction=float)
    except NotJson:  # an empty body, of a wrong method for example
        return {}
    return told if isinstance(told, dict) else {}


def _body(status: int, told: dict[str, Any]) -> dict[str, Any]:
    if status == HTTPStatus.UNAUTHORIZED:
        if told.get("meta", {}).get("is_authenticated"):
            return problem_of(ReauthenticationRequired())
        flows = told.get("data", {}).get("flows", [])
        if any(flow["id"] == "mfa_authenticate" and flow.get("is_pending") for flow in flows):
            return problem_of(SecondFactorRequired())
    return problem_of_status(status)
