"""Authenticates the callers of REST doors: one by an access token, or many at once by tokens, keys and signatures."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache

from django.conf import settings

from accounts.domain.access.scopes import KeyAccess
from accounts.domain.errors import InvalidToken
from accounts.models import User
from accounts.selectors.access.sessions import has_app_lapsed
from accounts.selectors.access.token_sessions import TokenSession, sessions_of_tokens
from accounts.services.access.keys.authenticate_key import KeyCaller, SignedRequest, authenticate_keys
from accounts.steps.read_token import ReadToken, read_token


@dataclass(frozen=True, slots=True)
class TokenAccess:
    """The user of an access token, its session, and the session's start."""

    user: User
    session_key: str
    session_started_at: datetime | None


def authenticate_token(access: str, *, now: datetime) -> TokenAccess:
    """Authenticate a user by an access token. Raises InvalidToken: forged, expired, or its session or account ended.

    One query; of staff, who may not leave a session unused for long, one more. Of the user only the fields of access
    are there without a query.
    """
    token = _read(access, now)
    if token is None:
        raise InvalidToken
    wanted = (token.session_key, int(token.claims["sub"]))
    session = sessions_of_tokens([wanted], now=now).get(wanted)
    if session is None or has_app_lapsed(session.user, token.session_key, started_at=session.started_at, now=now):
        raise InvalidToken
    return TokenAccess(session.user, token.session_key, session.started_at)


@dataclass(frozen=True, slots=True)
class Token:
    """An access token, as a caller sends it."""

    text: str


@dataclass(frozen=True, slots=True)
class Key:
    """The token of an API key, as a caller sends it."""

    text: str


Credential = Token | Key | SignedRequest


@dataclass(frozen=True, slots=True)
class Caller:
    """A person, and the access by which they call. Of the user only the fields of access are there without a query."""

    user: User
    access: TokenAccess | KeyAccess


def authenticate_callers(asked: Sequence[tuple[Credential, str]], *, now: datetime) -> list[Caller | None]:
    """Return the caller of each credential and address, or None for one that isn't valid.

    One query for all tokens, one for all keys. It neither tells why a credential isn't valid, nor uses up a signature,
    nor notes the use of a session; nor does it ask whether a session of staff has lapsed.
    """
    found: list[Caller | None] = [None] * len(asked)
    tokens, keys = [], []
    for place, (credential, address) in enumerate(asked):
        if isinstance(credential, Token):
            tokens.append((place, credential.text))
        else:
            proof = credential.text if isinstance(credential, Key) else credential
            keys.append((place, (proof, address)))
    for (place, _), access in zip(tokens, _token_accesses([text for _, text in tokens], now), strict=True):
        found[place] = Caller(access.user, access) if access is not None else None
    for (place, _), caller in zip(keys, authenticate_keys([proof for _, proof in keys], now=now), strict=True):
        found[place] = Caller(caller.user, caller.access) if isinstance(caller, KeyCaller) else None
    return found


def _token_accesses(texts: Sequence[str], now: datetime) -> list[TokenAccess | None]:
    read = [_read(text, now) for text in texts]
    wanted = {(token.session_key, int(token.claims["sub"])) for token in read if token is not None}
    sessions = sessions_of_tokens(list(wanted), now=now) if wanted else {}
    return [_access(token, sessions) if token is not None else None for token in read]


def _access(token: ReadToken, sessions: Mapping[tuple[str, int], TokenSession]) -> TokenAccess | None:
    session = sessions.get((token.session_key, int(token.claims["sub"])))
    return TokenAccess(session.user, token.session_key, session.started_at) if session else None


def _read(text: str, now: datetime) -> ReadToken | None:
    """Checks the signature of a token once, and its expiry each time."""
    try:
        token = _signed_by_us(text, settings.HEADLESS_JWT_PRIVATE_KEY)
    except InvalidToken:
        return None
    return token if datetime.fromtimestamp(token.claims["exp"], UTC) > now else None


@lru_cache(maxsize=10_000)
def _signed_by_us(text: str, secret: str) -> ReadToken:
    """Raises InvalidToken: an answer that may become another one later is not kept."""
    token = read_token(text, "access")
    if token is None or not token.claims["sub"].isdigit():
        raise InvalidToken
    return token
