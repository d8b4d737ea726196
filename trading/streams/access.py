"""The owner of a socket: from an access token or an API key in a header, else from a session cookie, else nobody."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl

from django.conf import settings
from django.http import parse_cookie
from django.utils import timezone

from accounts.domain.access.api_keys import KEY_START
from accounts.domain.access.credentials import credential_faults
from accounts.domain.access.scopes import AccessEnd, Scope, ScopeMissing, key_mark, session_mark
from accounts.domain.errors import InvalidInput, unknown_parameter
from accounts.rest.doors import FAULTS_MAX
from accounts.rest.sent import address_in
from accounts.selectors.access.api_keys import living_keys
from accounts.selectors.access.guards import SessionUse, owners_of_sessions
from accounts.services.access.authenticate_token import authenticate_token
from accounts.services.access.keys.authenticate_key import SignedRequest, authenticate_key, authenticate_signature
from trading.streams.reading import Batches, PerLoop, read

Handshake = dict[str, Any]
"""ASGI's word for it is scope; in this project a scope is a permission of a key."""


SESSIONS_MOST = 200


@dataclass(frozen=True, slots=True)
class Access:
    """A session or a key that opens a socket. `mark` identifies it at its end."""

    user_id: int
    mark: str
    session: SessionUse | None = None
    key_id: int | None = None
    expires_at: datetime | None = None


class _Living:
    """Asks the database for many accesses at once."""

    def __init__(self) -> None:
        self.owners: Batches[SessionUse, int | None] = Batches(_owners, most=SESSIONS_MOST)
        self.keys: Batches[int, bool] = Batches(_living, most=SESSIONS_MOST)


_living_accesses = PerLoop(_Living)


def _owners(uses: Sequence[SessionUse]) -> dict[SessionUse, int | None]:
    found = owners_of_sessions(uses, now=timezone.now())
    return {use: found.get(use) for use in uses}


def _living(ids: Sequence[int]) -> dict[int, bool]:
    found = living_keys(ids)
    return {id: id in found for id in ids}


async def lives(access: Access) -> bool:
    """Whether the session or the key still opens a socket, by the database."""
    if access.session is not None:
        return await _living_accesses().owners.get(access.session) == access.user_id
    return access.key_id is not None and await _living_accesses().keys.get(access.key_id)


async def access_by_header(authorization: str, handshake: Handshake) -> Access:
    """The access of a `Bearer` credential, or of a signed handshake. Raises a Refusal."""
    return await read(lambda: _by_header(authorization, handshake))


def _by_header(authorization: str, handshake: Handshake) -> Access:
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
    return Access(key.user_id, key_mark(key.id), key_id=key.id, expires_at=key.expires_at)


def _signed(handshake: Handshake) -> SignedRequest:
    """The handshake in the form of a signed request: a GET of the address, without a body."""
    return SignedRequest(
        prefix=header(handshake, "x-api-key"),
        timestamp=header(handshake, "x-timestamp"),
        signature=header(handshake, "x-signature"),
        method="GET",
        path=address_in(handshake) or handshake["path"],
        body=b"",
    )


async def access_by_cookie(handshake: Handshake) -> Access | None:
    """The access of a browser's session; None for a visitor."""
    session_key = parse_cookie(header(handshake, "cookie")).get(settings.SESSION_COOKIE_NAME)
    owner = await _living_accesses().owners.get((session_key, False)) if session_key else None
    return _of_session(owner, session_key) if owner is not None and session_key else None


def _of_session(user_id: int, session_key: str, *, is_app: bool = False) -> Access:
    return Access(user_id, session_mark(session_key), (session_key, is_app))


def end_of(access: Access, end: Mapping[str, Any]) -> str | None:
    """The reason why this access has ended, if `end`, the data of an `end_message`, covers it; else None."""
    if end["ended"] is not None:
        ended = access.mark in end["ended"]
    elif access.key_id is not None:  # signing out everywhere ends no key, freezing does
        ended = end["reason"] in (AccessEnd.FROZEN, AccessEnd.CLOSED)
    else:
        ended = access.mark != end["kept"]
    return str(end["reason"]) if ended else None


def has_credential(handshake: Handshake) -> bool:
    """Whether the caller proves itself by a header: a `Bearer` credential, or the name of a key that signs."""
    return bool(headers(handshake, "authorization") or headers(handshake, "x-api-key"))


def check_handshake(handshake: Handshake) -> None:
    """Raises InvalidInput with each faulty header and each query parameter: there is none to give here."""
    faults = credential_faults(lambda name: headers(handshake, name))
    given = parse_qsl(handshake["query_string"].decode("latin-1"), keep_blank_values=True)
    faults += [unknown_parameter(name) for name in dict(given)]
    if faults:
        raise InvalidInput(fields=tuple(faults[:FAULTS_MAX]))


def headers(handshake: Handshake, name: str) -> list[str]:
    """The values of a request header."""
    wanted = name.lower().encode()
    return [value.decode("latin-1") for key, value in handshake["headers"] if key == wanted]


def header(handshake: Handshake, name: str) -> str:
    """The value of a header, empty without it. `check_handshake` has refused those that mustn't come twice."""
    return next(iter(headers(handshake, name)), "")
