from datetime import datetime

from django.contrib.sessions.backends.base import SessionBase
from django.db import transaction

from accounts.domain.access.scopes import AccessEnd
from accounts.models import User
from accounts.selectors.access.sessions import has_lapsed
from accounts.steps.end_sessions import end_sessions


def end_lapsed_session(*, user: User, session: SessionBase, now: datetime) -> bool:
    """End a browser's session that has lasted or waited too long, with its sockets. Returns whether it had."""
    if not has_lapsed(session, user, is_app=False, now=now):
        return False
    with transaction.atomic(durable=True):
        end_sessions(user_id=user.pk, session_key=session.session_key, reason=AccessEnd.LAPSED)
    return True
