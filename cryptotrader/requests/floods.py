"""Limits the requests of one address before they cost anything: pages, REST and allauth's doors together."""

from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from accounts.domain.access.attempts import network_of
from accounts.domain.errors import TooManyRequests
from accounts.rest.rates import COUNTED, count_request, counted_of, rate_headers, seconds_left
from cryptotrader.problems import PROGRAMS, answer_refusal
from cryptotrader.requests.reading import answer_early

PROBES = ("/api/health", "/metrics", "/api/metrics")
ACCESS = (
    "/accounts/", "/security/", "/settings/close/", "/account/keys/",
    "/api/v1/auth/", "/api/v1/me/close", "/api/v1/api-keys", "/_allauth/",
)  # fmt: skip
"""Below these a request that writes can make the server hash a password, check a code or send a mail."""

READS = ("GET", "HEAD", "OPTIONS")


class FloodMiddleware:
    """Counts each request of an address (of IPv6: its /64), and those that cost much once more.

    Each answer to a program tells all rates that have counted its request, those of persons too.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path.startswith(PROBES):
            return self.get_response(request)
        response = _refused(request) if _is_flooding(request) else self.get_response(request)
        if request.path.startswith(PROGRAMS):
            for name, value in rate_headers(counted_of(request)).items():
                response.headers[name] = value
        return response


def _refused(request: HttpRequest) -> HttpResponseBase:
    """Without a line in the log: the first one of a minute has one, and a flood must not become a flood there."""
    refusal = TooManyRequests("Too many requests from this address")
    refusal.retry_after_seconds = int(seconds_left()) + 1
    return answer_early(request, None, lambda: answer_refusal(request, refusal))


def _is_flooding(request: HttpRequest) -> bool:
    already = getattr(request, "scope", {}).get(COUNTED)
    if already is not None:  # the order gateway has counted it, and passed it on
        counted_of(request).extend(already)
        return False
    network = network_of(request.META.get("REMOTE_ADDR") or "")
    costly = request.method not in READS and request.path.startswith(ACCESS)
    for door in ("address", "access") if costly else ("address",):
        counted = count_request(door, network)
        if counted is not None:
            counted_of(request).append(counted)
            if counted.is_one_too_many:
                return True
    return False
