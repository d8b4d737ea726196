from datetime import datetime

from allauth.headless.tokens.strategies.jwt import internal
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import transaction

from accounts.domain.access.scopes import AccessEnd
from accounts.domain.errors import InvalidToken
from accounts.selectors.access.sessions import has_lapsed
from accounts.services.access.issue_tokens import TokenPair
from accounts.steps.end_sessions import end_sessions
from accounts.steps.read_token import read_token


def refresh_tokens(*, refresh: str, now: datetime) -> TokenPair:
    """Issue a new pair of tokens for a refresh token, and spend that token. Raises InvalidToken.

    A second use means that two parties have the token, and nobody can tell which is the thief: the session ends with
    all its tokens. It makes no difference whether the second use comes later or at the same moment.
    """
    token = read_token(refresh, "refresh")
    if token is None:
        raise InvalidToken
    with transaction.atomic(durable=True):
        list(
            Session.objects.select_for_update().filter(pk=token.session_key)
        )  # one refresh of a session after the other
        pair = _rotate(token.claims, now)
    if pair is None:
        raise InvalidToken
    return pair


def _rotate(payload: dict[str, str], now: datetime) -> TokenPair | None:
    session = internal.get_token_session(payload)
    user = internal.validate_token_user(payload, session) if session is not None else None
    if session is None or user is None or has_lapsed(session, user, is_app=True, now=now):
        return None
    if payload["jti"] not in internal.get_refresh_token_state(session):
        end_sessions(user_id=user.pk, session_key=session.session_key, reason=AccessEnd.TOKEN_REUSED)
        return None
    internal.invalidate_refresh_token(session, payload)
    refresh = internal.create_refresh_token(user, session)
    session.save()
    access = internal.create_access_token(user, session, {})
    return TokenPair(access, refresh, settings.HEADLESS_JWT_ACCESS_TOKEN_EXPIRES_IN)
