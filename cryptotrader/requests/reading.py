"""Reads each request to its end before anything else looks at it.

Django reads the parts of a request late: where a view or a middleware first asks for them. Each of them may throw, and
in each place the answer is another one: a page for developers that takes 20 s to make, a 500, an empty body. Here
everything that can throw does so once, and becomes a problem.
"""

from collections.abc import Callable

from django.core.exceptions import BadRequest, DisallowedHost, RequestDataTooBig, TooManyFieldsSent
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import translation

from accounts.domain.access.credentials import credential_faults, repeated_headers
from accounts.domain.errors import FieldError, InvalidInput, Refusal, UnsupportedEncoding
from cryptotrader.problems import PROGRAMS, answer_refusal, answer_status
from cryptotrader.requests.bodies import FAULT

REASONS: dict[type[Exception], tuple[int, str]] = {
    RequestDataTooBig: (413, ""),
    TooManyFieldsSent: (400, "The request has too many parameters or fields"),
    DisallowedHost: (400, "The Host header doesn't name this server"),
}
FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
AS_IT_IS = ("", "identity")
"""The content codings of a body that nobody has to unpack."""
UNREADABLE = (400, "The request can't be read: look at its Content-Type, its encoding and its body")


class ReadingMiddleware:
    """Refuses a request that can't be read, at every address. It comes first, so no other part has to handle that."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        try:
            _read(request)
        except Exception as error:
            return _refused(request, error)
        fault = getattr(request, "scope", {}).get(FAULT)
        if fault is not None:
            return answer_early(request, "body", lambda: answer_status(request, fault))
        return self.get_response(request)


def _read(request: HttpRequest) -> tuple[object, ...]:
    """Reads every part that a view may ask for. Raises a Refusal, and any error of Django or of Python's codecs."""
    faults = _faulty_headers(request)
    if faults:
        raise InvalidInput(fields=faults)
    if error := getattr(request, "unreadable", None):
        raise error
    charset = (request.content_params or {}).get("charset", "utf-8")
    if request.content_type in FORMS and charset.lower() != "utf-8":  # for JSON a charset means nothing (RFC 8259)
        raise BadRequest(charset)
    if request.body and (encodings := _encodings(request)):
        raise UnsupportedEncoding(", ".join(encodings)[:100])
    return request.get_host(), request.GET, request.COOKIES, request.accepted_types, request.body, request.POST


def _encodings(request: HttpRequest) -> list[str]:
    """The codings that somebody would have to unpack, also those of the transfer: servers take off `chunked` alone."""
    content = request.headers.get("Content-Encoding", "").split(",")
    transfer = request.headers.get("Transfer-Encoding", "").split(",")
    named = [*content, *(each for each in transfer if each.strip().lower() != "chunked")]
    return [each.strip() for each in named if each.strip().lower() not in AS_IT_IS]


def _faulty_headers(request: HttpRequest) -> tuple[FieldError, ...]:
    """Pages know their reader by the cookie alone, also behind a proxy that has an `Authorization` of its own."""

    def values(name: str) -> list[str]:
        return [request.headers[name]] if name in request.headers else []

    return tuple(credential_faults(values) if request.path.startswith(PROGRAMS) else repeated_headers(values))


def _refused(request: HttpRequest, error: Exception) -> HttpResponse:
    if isinstance(error, Refusal):
        return answer_early(request, "headers", lambda: answer_refusal(request, error))
    status, detail = REASONS.get(type(error), UNREADABLE)
    return answer_early(request, repr(error)[:200], lambda: answer_status(request, status, detail))


def answer_early(request: HttpRequest, reason: str | None, answer: Callable[[], HttpResponse]) -> HttpResponse:
    """Answers a request that goes no further, in the reader's language, which other requests get later.

    The reason stands in its line of the log. Without one the line is for debugging only.
    """
    language = translation.get_language_from_request(request)
    with translation.override(language):
        response = answer()
    request.log_reason, request.log_quietly = reason, reason is None  # type: ignore[attr-defined]
    return response
