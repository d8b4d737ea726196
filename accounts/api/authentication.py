"""How programs say who they are."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed

from accounts.domain.errors import InvalidToken
from accounts.selectors.sessions import session_started_at
from accounts.services.authenticate_token import TokenAccess, authenticate_token

if TYPE_CHECKING:  # DRF's views load this module while they load themselves
    from rest_framework.request import Request

    from accounts.models import User


class BearerAuthentication(BaseAuthentication):
    """`Authorization: Bearer` with an access token. A bad one is refused, not taken for a visitor."""

    def authenticate(self, request: Request) -> tuple[User, object] | None:
        scheme, _, credential = get_authorization_header(request).decode("latin-1").partition(" ")
        if scheme.lower() != "bearer":
            return None
        try:
            access = authenticate_token(credential.strip())
        except InvalidToken as error:
            raise AuthenticationFailed(str(error)) from error
        return access.user, access

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


def session_key_of(request: Request) -> str | None:
    """The session that a person comes in, by token or by cookie; None for an API key."""
    if isinstance(request.auth, TokenAccess):
        return request.auth.session_key
    return request._request.session.session_key if request.auth is None else None


def session_started_at_of(request: Request) -> datetime | None:
    """When the person signed in to the session that the request comes in; None for an API key."""
    if isinstance(request.auth, TokenAccess):
        return request.auth.session_started_at
    return session_started_at(request._request.session) if request.auth is None else None
