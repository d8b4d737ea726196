from dataclasses import dataclass
from datetime import datetime

from accounts.domain.errors import InvalidToken
from accounts.models import User
from accounts.selectors.access.sessions import has_app_lapsed
from accounts.selectors.access.token_sessions import sessions_of_tokens
from accounts.steps.read_token import read_token


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
    token = read_token(access, "access")
    if token is None or not token.claims["sub"].isdigit():
        raise InvalidToken
    wanted = (token.session_key, int(token.claims["sub"]))
    session = sessions_of_tokens([wanted], now=now).get(wanted)
    if session is None or has_app_lapsed(session.user, token.session_key, started_at=session.started_at, now=now):
        raise InvalidToken
    return TokenAccess(session.user, token.session_key, session.started_at)
