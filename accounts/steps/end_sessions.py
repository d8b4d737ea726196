from functools import partial
from importlib import import_module

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.base import SessionBase
from django.db import transaction
from django.http import HttpRequest

from accounts.domain.access.scopes import AccessEnd, session_mark
from accounts.models import User
from accounts.publish import end_message, publish


def end_sessions(
    *, user_id: int, reason: AccessEnd, session_key: str | None = None, keep_session_key: str | None = None
) -> int:
    """End a person's sessions at once: all, all but the one to keep, or only one. Returns the number ended.

    A session's access and refresh tokens end with it, and its sockets close. Another person's session is left alone.
    A use case may call it inside its transaction: the sockets close after the commit.
    """
    with transaction.atomic():
        if session_key is not None:
            keys = [session_key] if _owner_of(session_key) == str(user_id) else []
            message = end_message(user_id, reason=reason, marks=[session_mark(key) for key in keys])
        else:
            rows = UserSession.objects.filter(user_id=user_id).exclude(session_key=keep_session_key or "")
            keys = list(rows.values_list("session_key", flat=True))
            kept = session_mark(keep_session_key) if keep_session_key else None
            message = end_message(user_id, reason=reason, marks=None, kept=kept)
        for key in keys:
            _store().delete(key)
        UserSession.objects.filter(session_key__in=keys).delete()
        transaction.on_commit(partial(publish, [message]))
    return len(keys)


def end_signed_out_session(*, request: HttpRequest, user: User | None, **_: object) -> None:
    """Handle Django's signal `user_logged_out`, which comes while the session still exists."""
    key = request.session.session_key
    if user is not None and key:
        end_sessions(user_id=user.pk, session_key=key, reason=AccessEnd.SIGNED_OUT)


def _owner_of(session_key: str) -> str | None:
    owner: str | None = _store(session_key).get(SESSION_KEY)
    return owner


def _store(session_key: str | None = None) -> SessionBase:
    store: SessionBase = import_module(settings.SESSION_ENGINE).SessionStore(session_key)
    return store
