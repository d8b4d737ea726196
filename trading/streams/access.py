"""The owner of a socket: from an access token or an API key in a header, else from a session cookie, else nobody."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from channels.db import database_sync_to_async
from django.utils import timezone

from accounts.domain.access.api_keys import KEY_START
from accounts.domain.access.scopes import AccessEnd, Scope, ScopeMissing, key_mark, session_mark
from accounts.selectors.access.api_keys import key_lives
from accounts.selectors.access.guards import session_lives
from accounts.services.access.authenticate_key import SignedRequest, authenticate_key, authenticate_signature
from accounts.services.access.authenticate_token import authenticate_token

Handshake = dict[str, Any]
"""ASGI's word for it is scope; in this project a scope is a permission of a key."""


@dataclass(frozen=True, slots=True)
class Access:
    """A session or a key that opens a socket. `mark` identifies it at its end; `lives` asks the database for it."""

    user_id: int
    mark: str
    lives: Callable[[], bool]
    is_key: bool = False
    expires_at: datetime | None = None


@database_sync_to_async  # type: ignore[untyped-decorator]
def access_by_header(authorization: str, handshake: Handshake) -> Access:
    """The access of a `Bearer` credential, or of a signed handshake. Raises a Refusal."""
    credential, now = authorization.partition(" ")[2].strip(), timezone.now()
    address = (handshake.get("client") or [""])[0]
    if not credential:
        caller = authenticate_signature(request=_signed(handshake), address=address, now=now)
    elif credential.startswith(KEY_START):
        caller = authenticate_key(token=credential, address=address, now=now)
    else:
        token = authenticate_token(credential, now=now)
        return _of_session(token.user.pk, token.session_key, is_app=True)
    key = caller.access
    if Scope.READ not in key.scopes:
        raise ScopeMissing(scope=Scope.READ)
    return Access(key.user_id, key_mark(key.id), lambda: key_lives(key.id), is_key=True, expires_at=key.expires_at)


def _signed(handshake: Handshake) -> SignedRequest:
    """The handshake in the form of a signed request: a GET of the address, without a body."""
    query = handshake["query_string"].decode("latin-1")
    return SignedRequest(
        prefix=header(handshake, b"x-api-key"),
        timestamp=header(handshake, b"x-timestamp"),
        signature=header(handshake, b"x-signature"),
        method="GET",
        path=(handshake.get("raw_path") or handshake["path"].encode()).decode("latin-1")
        + (f"?{query}" if query else ""),
        body=b"",
    )


def access_by_cookie(handshake: Handshake) -> Access | None:
    """The access of a browser's session; None for a visitor."""
    user = handshake["user"]
    return _of_session(user.pk, handshake["session"].session_key) if user.is_authenticated else None


def _of_session(user_id: int, session_key: str, *, is_app: bool = False) -> Access:
    def lives() -> bool:
        return session_lives(session_key, user_id, is_app=is_app, now=timezone.now())

    return Access(user_id, session_mark(session_key), lives)


def end_of(access: Access, end: Mapping[str, Any]) -> str | None:
    """The reason why this access has ended, if `end`, the data of an `end_message`, covers it; else None."""
    if end["ended"] is not None:
        ended = access.mark in end["ended"]
    elif access.is_key:  # signing out everywhere ends no key, freezing does
        ended = end["reason"] in (AccessEnd.FROZEN, AccessEnd.CLOSED)
    else:
        ended = access.mark != end["kept"]
    return str(end["reason"]) if ended else None


def has_credential(handshake: Handshake) -> bool:
    """Whether the caller proves itself by a header: a `Bearer` credential, or the name of a key that signs."""
    scheme = header(handshake, b"authorization").lower().partition(" ")[0]
    return scheme == "bearer" or bool(header(handshake, b"x-api-key"))


def header(handshake: Handshake, name: bytes) -> str:
    """A request header's value, empty without the header."""
    return next((value.decode("latin-1") for key, value in handshake["headers"] if key == name), "")
