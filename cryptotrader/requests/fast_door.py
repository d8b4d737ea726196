"""The order gateway's place in the site: what Django's middlewares do for other requests, done once or for few."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from functools import lru_cache
from http import HTTPStatus
from typing import Any

import structlog
from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.module_loading import import_string
from rest_framework.response import Response

from accounts.domain.access.scopes import KeyAccess
from accounts.rest.rates import rate_headers
from accounts.wire.problems import CONTENT_TYPE
from cryptotrader.logs.lines import in_one_write
from cryptotrader.logs.request_id import HEADER, request_id_of
from cryptotrader.logs.told import mark_told
from cryptotrader.metering.requests import count
from cryptotrader.middleware.proxies import came_by_tls, client_address
from cryptotrader.middleware.request_lines import level_of
from cryptotrader.problems import handle, problem_of_status
from cryptotrader.requests.bodies import FAULT
from cryptotrader.telemetry import tracing
from trading.gateway.reading import NOBODY
from trading.gateway.sent import Sent
from trading.gateway.site import Place, Told

FRAME = (
    "django.middleware.security.SecurityMiddleware",
    "corsheaders.middleware.CorsMiddleware",
    "accounts.web.privacy.NoStoreMiddleware",
    "csp.middleware.CSPMiddleware",
    "cryptotrader.requests.fast_door.by_cookie",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
)
"""The middlewares whose headers depend on nothing but a request's language, and whether it is secure, as long as it
comes from no page of another origin.
"""

log = structlog.get_logger(__name__)


class GatewaySite:
    """The parts of the platform that the gateway needs (`trading.gateway.site.Site`)."""

    def place(self, scope: Mapping[str, Any], headers: Mapping[str, str]) -> Place | None:
        """Returns None for a body with a fault, for another host, and for a request that must come by TLS."""
        peer = (scope.get("client") or ("",))[0] or ""
        is_secure = scope.get("scheme") == "https" or _came_by_tls(peer, headers.get("x-forwarded-proto", ""))
        if FAULT in scope or not _is_ours(headers.get("host", ""), is_secure=is_secure):
            return None
        return Place(
            request_id=request_id_of(headers.get("x-request-id")),
            address=_client_address(peer, headers.get("x-forwarded-for", "")),
            is_secure=is_secure,
            language=_language(headers.get("accept-language", "")),
        )

    def problem(self, error: Exception) -> Response:
        answer = handle(error, {})
        if answer is None:
            request_id = structlog.contextvars.get_contextvars().get("request_id")
            body = problem_of_status(HTTPStatus.INTERNAL_SERVER_ERROR) | {"request_id": request_id}
            answer = Response(body, status=body["status"], content_type=CONTENT_TYPE)
            answer.problem_code, answer.log_error = body["code"], error  # type: ignore[attr-defined]
        return answer

    def head(self, sent: Sent, place: Place, answer: Response, length: int) -> list[tuple[bytes, bytes]]:
        own = [(name.encode(), value.encode("latin-1")) for name, value in answer.headers.items() if name in _OWN]
        frame = _frame(place.language, place.is_secure, "" if hasattr(answer, "log_error") else sent.route.allowed)
        rates = [(name.encode(), value.encode()) for name, value in rate_headers(sent.counted).items()]
        return [
            *own,
            *rates,
            *frame,
            (b"Content-Type", (answer.content_type or "application/json").encode()),
            (b"Content-Length", str(length).encode()),
            (HEADER.encode(), place.request_id.encode()),
        ]

    def tell(self, answered: Sequence[Told]) -> None:
        """Writes the lines that `RequestLineMiddleware` writes of other requests, and the same metrics."""
        with in_one_write():
            for each in answered:
                self._write_line(each)
        count(answered)

    def in_one_write(self) -> AbstractContextManager[None]:
        return in_one_write()

    @staticmethod
    def _write_line(told: Told) -> None:
        sent, place, answer, _, seconds = told
        error = getattr(answer, "log_error", None)
        facts = _facts(sent, place, answer) | {"milliseconds": round(seconds * 1000, 1)}
        with tracing().request(sent.headers.get("traceparent", "")) as span:
            if span.trace_id:
                facts["trace_id"] = span.trace_id
            span.finish(f"{facts['method']} {facts['route']}", facts, error)
        level = level_of(answer.status_code, facts["milliseconds"], error)
        if error is not None:
            facts["exc_info"] = error
        log.log(level, "request", **facts)
        if error is not None:
            mark_told(error)


_OWN = {"Retry-After", "WWW-Authenticate", "Location", "Idempotency-Replayed"}
"""The headers of single answers. The frame has the others."""


def _facts(sent: Sent, place: Place, answer: Response) -> dict[str, Any]:
    caller = sent.caller
    trade_id = answer.data.get("id") if answer.status_code == HTTPStatus.CREATED else sent.named
    facts = {
        "request_id": place.request_id,
        "method": sent.route.method,
        "route": sent.route.address,
        "status": answer.status_code,
        "code": getattr(answer, "problem_code", None),
        "network": place.address or None,
        "user_id": caller and caller.user.pk,
        "api_key_id": caller.access.id if caller and isinstance(caller.access, KeyAccess) else None,
        "trade_id": trade_id if trade_id != NOBODY else None,
    }
    return {name: value for name, value in facts.items() if value is not None}


def by_cookie(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Says, as the middleware of sessions, that an answer depends on the cookie: it may name another caller."""

    def answer(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        patch_vary_headers(response, ["Cookie"])
        return response

    return answer


class _WithScheme(HttpRequest):
    def __init__(self, scheme: str) -> None:
        super().__init__()
        self._scheme = scheme

    def _get_scheme(self) -> str:
        return self._scheme


@lru_cache(maxsize=1000)
def _frame(language: str, is_secure: bool, allowed: str) -> list[tuple[bytes, bytes]]:
    """The headers that these middlewares give to an answer without any."""
    request = _WithScheme("https" if is_secure else "http")
    request.path = request.path_info = "/api/v1/flash-trades"
    request.META = {"HTTP_ACCEPT_LANGUAGE": language, "SERVER_NAME": "localhost", "SERVER_PORT": "443"}
    answer = HttpResponse()
    answer.headers.pop("Content-Type")
    view: Any = lambda _: answer  # noqa: E731
    with translation.override(language):
        for name in reversed(FRAME):
            view = import_string(name)(view)
        framed = view(request)
    if allowed:  # Django's answer to an error of ours comes from no view, and has none
        framed.headers["Allow"] = allowed
    return [(name.encode(), value.encode("latin-1")) for name, value in framed.headers.items()]


@lru_cache(maxsize=10_000)
def _client_address(peer: str, forwarded: str) -> str:
    return client_address(peer, forwarded)


@lru_cache(maxsize=10_000)
def _came_by_tls(peer: str, forwarded_proto: str) -> bool:
    return came_by_tls(peer, forwarded_proto)


@lru_cache(maxsize=1000)
def _language(accepted: str) -> str:
    request = HttpRequest()
    request.META = {"HTTP_ACCEPT_LANGUAGE": accepted}
    return translation.get_language_from_request(request)


def _is_ours(host: str, *, is_secure: bool) -> bool:
    if settings.SECURE_SSL_REDIRECT and not is_secure:
        return False
    return _is_known(host, tuple(settings.ALLOWED_HOSTS))


@lru_cache(maxsize=1000)
def _is_known(host: str, known: tuple[str, ...]) -> bool:
    request = HttpRequest()
    request.META = {"HTTP_HOST": host, "SERVER_NAME": host, "SERVER_PORT": "80"}
    try:
        request.get_host()
    except DisallowedHost:
        return False
    return bool(host and known)
