from dataclasses import dataclass
from datetime import datetime

from allauth.headless.tokens.strategies.jwt import internal

from accounts.domain.errors import InvalidToken
from accounts.models import User
from accounts.selectors.access.sessions import has_lapsed, session_started_at
from accounts.steps.read_token import read_token


@dataclass(frozen=True, slots=True)
class TokenAccess:
    """The user of an access token, its session, and the session's start."""

    user: User
    session_key: str
    session_started_at: datetime | None


def authenticate_token(access: str, *, now: datetime) -> TokenAccess:
    """Authenticate a user by an access token. Raises InvalidToken: forged, expired, or its session or account ended."""
    token = read_token(access, "access")
    session = internal.get_token_session(token.claims) if token else None
    user = internal.validate_token_user(token.claims, session) if token and session is not None else None
    if session is None or not session.session_key or not isinstance(user, User):
        raise InvalidToken
    if has_lapsed(session, user, is_app=True, now=now):
        raise InvalidToken
    return TokenAccess(user, session.session_key, session_started_at(session))
