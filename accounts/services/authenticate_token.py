from dataclasses import dataclass

from allauth.headless.tokens.strategies.jwt import internal

from accounts.domain.errors import InvalidToken
from accounts.domain.texts import storable
from accounts.models import User


@dataclass(frozen=True, slots=True)
class TokenAccess:
    """Who comes with an access token, and in which session."""

    user: User
    session_key: str


def authenticate_token(access: str) -> TokenAccess:
    """Whose access token this is. Raises InvalidToken: forged, expired, or its session or account has ended."""
    payload = internal.decode_token(access, "access") if storable(access) else None
    session = internal.get_token_session(payload) if payload else None
    user = internal.validate_token_user(payload, session) if payload and session is not None else None
    if session is None or not session.session_key or not isinstance(user, User):
        raise InvalidToken
    return TokenAccess(user, session.session_key)
