"""Leaves out for programs what only pages need: the browser's session and login, its person's settings, messages."""

from collections.abc import Callable
from functools import lru_cache
from importlib import import_module
from typing import Any

from csp.constants import HEADER
from csp.middleware import CSPMiddleware
from django.conf import settings
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.auth.models import AnonymousUser
from django.contrib.messages.middleware import MessageMiddleware
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import patch_vary_headers

from accounts.web.access.presence import PresenceMiddleware
from accounts.web.people.preferences import PreferencesMiddleware
from cryptotrader.requests.floods import ACCESS

REST = ("/api/", "/udf/", "/.well-known/proofs", "/.well-known/jwks.json")
"""Doors that know a program by its headers. allauth's doors aren't among them, nor ours that lead to allauth (ACCESS):
these work with sessions."""


def is_of_program(request: HttpRequest) -> bool:
    """Whether a request for a REST door comes without a browser's session."""
    is_rest = request.path.startswith(REST) and not request.path.startswith(ACCESS)
    return is_rest and settings.SESSION_COOKIE_NAME not in request.COOKIES


class ProgramMiddleware:
    """Comes before all that it leaves out. A program has an empty session, and is nobody until REST knows it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        request.of_program = is_of_program(request)  # type: ignore[attr-defined]
        if not request.of_program:  # type: ignore[attr-defined]
            return self.get_response(request)
        request.session, request.user = _empty_session(), AnonymousUser()
        response = self.get_response(request)
        patch_vary_headers(response, ("Cookie",))  # a request with a session would have had another answer
        return response


class _OfPages:
    """A middleware that a program's request passes by."""

    def __call__(self, request: HttpRequest) -> Any:
        if request.of_program:  # type: ignore[attr-defined]
            return self.get_response(request)  # type: ignore[attr-defined]  # each middleware has it
        return super().__call__(request)  # type: ignore[misc]


class Sessions(_OfPages, SessionMiddleware):
    """Django's sessions."""


class Logins(_OfPages, AuthenticationMiddleware):
    """Django's logins by a session."""


class Preferences(_OfPages, PreferencesMiddleware):
    """The settings of a session's person."""


class Messages(_OfPages, MessageMiddleware):
    """Django's messages on the next page."""


class Presence(_OfPages, PresenceMiddleware):
    """The use of a session."""


class Policy(CSPMiddleware):
    """The content security policy. An answer to a program has no nonce: its policy is built once."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if request.path.startswith(REST):
            response.headers.setdefault(HEADER, self._bare())
            return response
        return super().process_response(request, response)

    @lru_cache(maxsize=1)  # noqa: B019  (one a process)
    def _bare(self) -> str:
        return str(super().process_response(HttpRequest(), HttpResponse()).headers[HEADER])


def _empty_session() -> SessionBase:
    store: SessionBase = _engine().SessionStore()
    return store


@lru_cache(maxsize=1)
def _engine() -> Any:
    return import_module(settings.SESSION_ENGINE)
