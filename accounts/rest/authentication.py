"""Authenticates programs by token, API key or signature."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.utils import timezone
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed

from accounts.domain.access.api_keys import KEY_START
from accounts.domain.access.scopes import KeyAccess
from accounts.domain.errors import InvalidToken
from accounts.rest.sent import sent_address
from accounts.selectors.access.sessions import session_started_at
from accounts.services.access.authenticate_token import TokenAccess, authenticate_token
from accounts.services.access.keys.authenticate_key import SignedRequest, authenticate_key, authenticate_signature
from accounts.services.access.note_session_use import note_session_use

if TYPE_CHECKING:  # DRF's views import this module during their own import
    from rest_framework.request import Request

    from accounts.models import User
    from accounts.rest.asked import Asked


class BearerAuthentication(BaseAuthentication):
    """`Authorization: Bearer` with an access token or an API key. A bad one is refused; its sender is no visitor."""

    def authenticate(self, request: Request) -> tuple[User, object] | None:
        credential = bearer_of(get_authorization_header(request).decode("latin-1"))
        if credential is None:
            return None
        if credential.startswith(KEY_START):
            caller = authenticate_key(token=credential, address=address_of(request), now=timezone.now())
            return caller.user, caller.access
        try:
            access = authenticate_token(credential, now=timezone.now())
        except InvalidToken as error:
            raise AuthenticationFailed(str(error)) from error
        note_session_use(
            session_key=access.session_key,
            address=address_of(request),
            now=timezone.now(),
            is_staff=access.user.is_staff,
        )
        return access.user, access

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


class SignatureAuthentication(BaseAuthentication):
    """`X-Api-Key`, `X-Timestamp` and `X-Signature`: an API key that signs requests instead of sending its secret."""

    def authenticate(self, request: Request) -> tuple[User, object] | None:
        prefix = request.headers.get("X-Api-Key")
        if prefix is None:
            return None
        signed = SignedRequest(
            prefix=prefix,
            timestamp=request.headers.get("X-Timestamp", ""),
            signature=request.headers.get("X-Signature", ""),
            method=request.method or "",
            path=sent_address(request._request),
            body=request._request.body,
        )
        caller = authenticate_signature(request=signed, address=address_of(request), now=timezone.now())
        return caller.user, caller.access


def bearer_of(authorization: str) -> str | None:
    """Returns the token or the key in this header's value; None for another scheme."""
    scheme, _, credential = authorization.partition(" ")
    return credential.strip() if scheme.lower() == "bearer" else None


def address_of(request: Request) -> str:
    """Returns the client's address."""
    address: str = request.META.get("REMOTE_ADDR", "")
    return address


def key_id_of(request: Asked) -> int | None:
    """Returns the id of the API key that sends the request; None for a person."""
    access = getattr(request, "auth", None)
    return access.id if isinstance(access, KeyAccess) else None


def session_key_of(request: Request) -> str | None:
    """Returns the person's session, by token or by cookie; None for an API key."""
    if isinstance(request.auth, TokenAccess):
        return request.auth.session_key
    return request._request.session.session_key if request.auth is None else None


def session_started_at_of(request: Request) -> datetime | None:
    """Returns the time at which the person signed in to the request's session; None for an API key."""
    if isinstance(request.auth, TokenAccess):
        return request.auth.session_started_at
    return session_started_at(request._request.session) if request.auth is None else None
