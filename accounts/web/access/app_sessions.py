from allauth.core.internal.sessionkit import get_session_user
from allauth.headless.tokens.strategies.jwt import JWTTokenStrategy
from django.contrib.sessions.backends.base import SessionBase
from django.utils import timezone

from accounts.models import User
from accounts.selectors.access.sessions import has_lapsed


class AppSessions(JWTTokenStrategy):  # type: ignore[misc]  # allauth has no types
    """The sessions of apps at allauth's doors; one that has lapsed is none."""

    def lookup_session(self, session_token: str) -> SessionBase | None:
        session: SessionBase | None = super().lookup_session(session_token)
        user = get_session_user(session) if session is not None else None
        if session is None or (isinstance(user, User) and has_lapsed(session, user, is_app=True, now=timezone.now())):
            return None
        return session
